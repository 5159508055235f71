"""Who is in charge: estate, Bangkok, province, and houses for the whole country."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.bodies import base
from knowledge.evaluate import read_rows
from knowledge.load import Knowledge, load
from knowledge.model import Place

BANGKOK = Place(province="TH-10", district="1001", subdistrict="100101")
PAKNAM = Place(province="TH-11", district="1101", subdistrict="110101")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_every_province_has_its_office_and_bangkok_the_department(knowledge: Knowledge) -> None:
    offices = [own for own in knowledge.facts.bodies if own.startswith("provincial_office@")]
    provinces = {own.partition("@")[2] for own in offices}
    assert len(provinces) == 76
    assert "TH-10" not in provinces
    for province in provinces:
        office = knowledge.office_for("smell", Place(province=province))
        assert office == f"provincial_office@{province}"
        body = knowledge.body(office)
        assert body is not None
        assert body.province == province
        assert knowledge.emergency_office(Place(province=province)) == office
    assert knowledge.office_for("smell", BANGKOK) == "diw"
    assert knowledge.emergency_office(BANGKOK) == "diw"


def pins() -> dict[str, tuple[float, float]]:
    """A pin in every province, by its Thai name, from our own sentences."""
    found = {}
    for row in read_rows(Path(__file__).parent / "sentences" / "pin.tsv"):
        lat, lon = row.text.split(",")
        found[row.gold.split("/")[0]] = float(lat), float(lon)
    return found


def in_charge(province: str) -> str:
    return "diw" if province == "TH-10" else f"provincial_office@{province}"


def test_a_pin_anywhere_reaches_the_office_of_its_province(knowledge: Knowledge) -> None:
    known = pins()
    for area in knowledge.areas():
        pin = knowledge.at(*known[area.name.th]).place
        assert pin is not None
        assert knowledge.office_for("smell", pin) == in_charge(area.code)
        assert knowledge.emergency_office(pin) == in_charge(area.code)


@pytest.mark.parametrize("words", ["{}", "จังหวัด{}", "จ.{}", "อยู่ที่{}ค่ะ"])
def test_a_name_typed_reaches_the_office_of_its_province(knowledge: Knowledge, words: str) -> None:
    areas = knowledge.areas()
    assert len(areas) == 77
    for area in areas:
        reading = knowledge.read_place(words.replace("{}", area.name.th))
        if area.code == "TH-42" and words.startswith("อยู่"):
            assert reading is None  # the name of Loei with a polite word is also "right there, please": asked again
            continue
        assert reading is not None, area.name.th
        assert knowledge.office_for("smell", reading.place) == in_charge(area.code)
        assert knowledge.emergency_office(reading.place) == in_charge(area.code)


def test_an_english_name_reaches_it_too(knowledge: Knowledge) -> None:
    for area in knowledge.areas():
        reading = knowledge.read_place(area.name.en)
        assert reading is not None, area.name.en
        assert knowledge.office_for("smell", reading.place) == in_charge(area.code)


def test_an_estate_is_named_and_known_to_be_legal(knowledge: Knowledge) -> None:
    assert knowledge.facts.estates["bang_pu"].th
    assert all(estate.th and estate.en for estate in knowledge.facts.estates.values())
    assert knowledge.legal_estate("bang_pu") is True
    assert knowledge.legal_estate("rojana_ayutthaya") is False
    assert knowledge.legal_estate("nowhere") is None
    assert knowledge.estate_near(Place("TH-11", lat=13.552, lon=100.668)) == "bang_pu"
    assert knowledge.estate_near(Place("TH-11", lat=13.552, lon=100.705)) != "bang_pu"  # 4 km to the east
    assert knowledge.estate_near(Place("TH-50", lat=18.79, lon=98.98)) == ""


def test_the_estate_authority_answers_inside_an_estate(knowledge: Knowledge) -> None:
    bangpu = Place(province="TH-11", estate="bangpu")
    assert knowledge.office_for("smell", bangpu) == "ieat"
    assert knowledge.office_for("smell", PAKNAM, in_estate=True) == "ieat"
    assert knowledge.office_for("smell", bangpu, in_estate=False) == "provincial_office@TH-11"
    assert knowledge.emergency_office(bangpu) == "ieat"


def test_a_private_park_is_not_the_estate_authoritys(knowledge: Knowledge) -> None:
    private = [own for own in knowledge.facts.estates if knowledge.competence.legal_estate(own) is False]
    assert private
    for estate in private:
        place = Place(province="TH-25", estate=estate)
        assert knowledge.office_for("smell", place, in_estate=True) == "provincial_office@TH-25"
        assert knowledge.emergency_office(place) == "provincial_office@TH-25"


def test_what_is_no_factory_is_the_local_governments(knowledge: Knowledge) -> None:
    assert knowledge.office_for("smell", PAKNAM, factory=False) == "localgov"
    assert knowledge.office_for("smell", BANGKOK, factory=False) == "bma"
    assert knowledge.office_for("small_nuisance", PAKNAM) == "localgov"
    assert knowledge.office_for("small_nuisance", BANGKOK) == "bma"


@pytest.mark.parametrize(
    ("kind", "office"),
    [
        ("substandard_goods", "tisi"),
        ("officer_misconduct", "ops"),
        ("scam_ministry", "ops"),
        ("smedbank_service", "smedbank"),
        ("food_drug", "fda"),
        ("labour_rights", "dlpw"),
        ("consumer_money", "ocpb"),
    ],
)
def test_some_types_have_one_house_wherever_it_is(knowledge: Knowledge, kind: str, office: str) -> None:
    for place in (Place(), PAKNAM, BANGKOK, Place(province="TH-20", estate="amata")):
        assert knowledge.office_for(kind, place) == office


def test_without_a_province_the_ministrys_desk_takes_it(knowledge: Knowledge) -> None:
    assert knowledge.office_for("smell", Place()) == "ops"
    assert knowledge.office_for("cane_burning", Place()) == "ops"
    assert knowledge.office_for("no such type", PAKNAM) == "ops"
    assert knowledge.emergency_office(Place()) == "ops"


def test_a_mine_is_the_departments_in_bangkok_and_the_offices_elsewhere(knowledge: Knowledge) -> None:
    assert knowledge.office_for("mining_impact", Place(province="TH-19")) == "provincial_office@TH-19"
    assert knowledge.office_for("mining_impact", BANGKOK) == "dpim"


def test_a_complaint_about_an_office_never_goes_to_that_office(knowledge: Knowledge) -> None:
    rule = knowledge.competence
    for about in ("ops", "diw", "provincial_office@TH-11"):
        for kind in knowledge.facts.types:
            for place in (PAKNAM, BANGKOK, Place()):
                assert rule.office_for(kind, place, about=about) != about
    assert rule.office_for("officer_misconduct", PAKNAM, about="ops") in ("damrong", "gcc1111", "police")


def test_every_type_reaches_a_body_everywhere(knowledge: Knowledge) -> None:
    for kind in knowledge.facts.types:
        for place in (PAKNAM, BANGKOK, Place(), Place(province="TH-20", estate="x")):
            for factory in (True, False):
                assert knowledge.body(knowledge.office_for(kind, place, factory=factory)) is not None


def test_offices_of_one_kind_count_as_their_kind() -> None:
    assert base("provincial_office@TH-11") == "provincial_office"
    assert base("dc3") == base("dc11") == base("dc_hq") == "diprom_center"
    assert base("dip") == "dip"
    assert base("dc") == "dc"
