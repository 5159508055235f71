"""Which office is in charge: the rule of competence, by where it happened and whose matter it is.

In an industrial estate the estate authority, in Bangkok (which has no provincial industry office) the Department of
Industrial Works, elsewhere the office of the province; some types have one house for the whole country. The rules
stand in the files of the complaint types; here they are only applied. Where the province is still unknown, the
ministry's desk (ops) takes the matter and hands it on, so that nothing waits for an address. A complaint about an
office never goes to that office.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from knowledge.model import Body, ComplaintType, Place

BANGKOK = "TH-10"
DESK = "ops"
ESTATES = "ieat"
CAPITAL = "diw"
PROVINCIAL = "provincial_office"
CENTER = "diprom_center"
LOCAL = "localgov"
CITY = "bma"

Case = Literal["in_estate", "bangkok", "other_province", "not_a_factory"]


def base(body_id: str) -> str:
    """The body as the facts name it: `provincial_office@TH-11` is a provincial_office, `dc3` a diprom_center."""
    if body_id.startswith(PROVINCIAL + "@"):
        return PROVINCIAL
    return CENTER if body_id.startswith("dc") and body_id[2:3] in "0123456789_" and len(body_id) > 2 else body_id


class Competence:
    """Answers who is in charge. Built once over the facts."""

    def __init__(
        self,
        types: Mapping[str, ComplaintType],
        bodies: Mapping[str, Body],
        centers: Mapping[str, str],
        legal_estate: Callable[[str], bool | None],
    ) -> None:
        self.types = types
        self.bodies = bodies
        self.centers = centers
        self.legal_estate = legal_estate

    def office_for(
        self, type_id: str, place: Place, in_estate: bool | None = None, factory: bool = True, about: str = ""
    ) -> str:
        """The body in charge. `about` is a body complained about: it never gets the matter itself."""
        kind = self.types.get(type_id)
        if kind is None:
            return DESK
        wanted = self._by_rule(kind, place, in_estate, factory)
        office = self.here(wanted, place) if wanted else DESK
        return self._not_about(office, kind, about) if about else office

    def here(self, body_id: str, place: Place) -> str:
        """The counter of a body at a place: provincial offices, DIPROM centres and local government depend on it."""
        if body_id == PROVINCIAL:
            return self.provincial(place.province)
        if body_id == CENTER:
            return self.centers.get(place.province, CENTER)
        if body_id == LOCAL and place.province == BANGKOK:
            return CITY
        return body_id

    def provincial(self, province: str) -> str:
        if province == BANGKOK:
            return CAPITAL
        own = f"{PROVINCIAL}@{province}"
        return own if own in self.bodies else DESK

    def emergency_office(self, place: Place) -> str:
        return ESTATES if self._inside(place, None) else self.provincial(place.province)

    def _inside(self, place: Place, in_estate: bool | None) -> bool:
        """Whether the estate authority is in charge: not in a private park, whatever its gate says."""
        if place.estate and self.legal_estate(place.estate) is False:
            return False
        return bool(place.estate) if in_estate is None else in_estate

    def _by_rule(self, kind: ComplaintType, place: Place, in_estate: bool | None, factory: bool) -> str:
        case = self._case(place, self._inside(place, in_estate), factory)
        if case:
            return kind.competence[case]
        houses = set(kind.competence.values())
        return houses.pop() if len(houses) == 1 else ""

    def _case(self, place: Place, inside: bool, factory: bool) -> Case | None:
        if inside:
            return "in_estate"
        if not factory:
            return "not_a_factory"
        if place.province == BANGKOK:
            return "bangkok"
        return "other_province" if place.province else None

    def _not_about(self, office: str, kind: ComplaintType, about: str) -> str:
        if office != about:
            return office
        return next((other for other in (DESK, *kind.also) if other != about and other in self.bodies), "damrong")
