"""A contact that nobody has looked at for a year is not shown, and is listed; hotlines for life and limb stay."""

from __future__ import annotations

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from bot import kb
from knowledge import contacts
from knowledge.files import HERE, Files, read_all
from knowledge.load import load

SOON, LATER = date(2027, 6, 1), date(2028, 1, 1)


@pytest.fixture(scope="module")
def files() -> Files:
    return read_all()


def test_what_was_checked_within_a_year_is_shown(files: Files) -> None:
    assert contacts.as_of(files, contacts.rules(HERE), SOON).bodies["diw"] == files.bodies["diw"]


def test_what_is_stale_is_hidden_and_the_hotlines_of_rescue_stay() -> None:
    knowledge = load()
    shown = [body for body in knowledge.facts.bodies.values() if body.phones or body.website or body.address.th]
    assert shown
    knowledge.as_of(LATER)
    assert not any(body.phones or body.website or body.address.th for body in knowledge.facts.bodies.values())
    assert set(knowledge.facts.hotlines) == {"h191", "h199", "h1669", "h1784", "h1193"}
    assert set(knowledge.facts.bodies) >= {body.id for body in shown}
    lines = {line for danger in knowledge.facts.dangers.values() for line in danger.call[:1]}
    assert lines <= set(knowledge.facts.hotlines)  # whoever is in danger is still told whom to call first
    knowledge.as_of(SOON)
    assert any(body.phones for body in knowledge.facts.bodies.values())


def test_all_that_is_not_shown_is_listed_first(files: Files) -> None:
    listed = contacts.listed(files, contacts.rules(HERE), LATER)
    states = [each.state != "fresh" for each in listed]
    assert states == sorted(states, reverse=True)
    assert {each.state for each in listed} == {"fresh", "stale", "unverified"}
    now = contacts.listed(files, contacts.rules(HERE), SOON)
    assert {each.state for each in now} == {"fresh", "unverified"}
    assert all(each.file and each.of and each.value for each in now)


def test_the_command_lists_them() -> None:
    ran = CliRunner().invoke(kb.app, ["contacts", "--stale", "--json"], catch_exceptions=False)
    told = json.loads(ran.stdout)
    assert told["contacts"]
    assert all(each["state"] != "fresh" for each in told["contacts"])
    assert told["hidden"] == len(told["contacts"])
