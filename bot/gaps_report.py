"""The night's result as JSON, from which `frontdoor kb take` takes, and as a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.gaps_nightly import Proposal, Report


def as_json(report: Report, at: str) -> dict[str, Any]:
    n, before, after = report.unseen
    return {
        "at": at,
        "proposals": [_proposal(each) for each in report.proposals],
        "together": _proposal(report.together) if report.together else None,
        "unseen": {"n": n, "right_before": before, "right_after": after},
        "corrections_without_label": list(report.without_label),
    }


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "label": one.label,
        "advice": one.advice,
        "falls": one.falls,
        "n": len(one.sentences),
        "right_before": one.right_before,
        "right_after": one.right_after,
        "tests": {task: asdict(measured) for task, measured in one.tests.items()},
        "sentences": [
            {"label": each.change.label, "text": each.change.text, "gap": each.gap, "correction": each.correction}
            for each in one.sentences
        ],
    }


def as_markdown(told: Mapping[str, Any]) -> str:
    """The same for people to read."""
    if not told["together"]:
        return f"# Nightly evaluation, {told['at']}\n\nNothing new to learn from.\n"
    unseen = told["unseen"]
    out = [
        f"# Nightly evaluation, {told['at']}",
        "",
        f"{told['together']['n']} new sentences. Of {unseen['n']} read by who learned from the other half, right were "
        f"{unseen['right_before']} before and {unseen['right_after']} after.",
        "",
        "| label | sentences | right before | after | tests: top1, recall | advice |",
        "|---|---|---|---|---|---|",
    ]
    for one in (*told["proposals"], {**told["together"], "label": "all together"}):
        falls = f" ({', '.join(one['falls'])})" if one["falls"] else ""
        told_tests = "; ".join(_moved(task, measured) for task, measured in one["tests"].items())
        numbers = f"{one['n']} | {one['right_before']} | {one['right_after']}"
        out.append(f"| {one['label']} | {numbers} | {told_tests} | {one['advice']}{falls} |")
    for one in told["proposals"]:
        out += ["", f"## {one['label']}", "", *(f"- {each['text']}" for each in one["sentences"])]
    if told["corrections_without_label"]:
        out += ["", f"Corrections that need a person: {told['corrections_without_label']}"]
    return "\n".join(out) + "\n"


def _moved(task: str, measured: Mapping[str, Any]) -> str:
    name = "top1" if "top1" in measured["before"] else "recall"
    before, after = (measured[when].get(name, 0.0) for when in ("before", "after"))
    return f"{task} {before:.3f} → {after:.3f} of {measured['n']}"
