"""Where something is: a pin, typed words, or chosen step by step; what stays unclear is asked with buttons.

Stored as {"place": {...}} when it is known, and as {"open": {...}} while it is being found out, so that half an
answer counts as missing and the next question is the finer one: which of several places, which side of a line, pin
or words. Typed words are kept with the place, because officers find "behind the temple" where a code ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers.draft import Heard, Problem, Scene
from handlers.readers import Option, chosen_by_words
from handlers.said import LINK, said
from handlers.vocabulary import AskPin, Button, Card, Gap, Say, T, Text
from knowledge.model import Area, Place, PlaceReading

if TYPE_CHECKING:
    from knowledge.load import Knowledge

PAGE = 10  # buttons of one card; a longer list is first asked by groups
TRIES = 4  # unread answers until the words are taken as they are
Depth = Callable[[Scene], str]  # "district": how exactly it must be known; "": anything will do


def stored(place: Place) -> dict[str, Any]:
    return {name: value for name, value in asdict(place).items() if value not in ("", None)}


def place_of(value: Any) -> Place:
    """The place of a stored answer; an empty one while it is open or missing."""
    if not isinstance(value, Mapping) or not isinstance(value.get("place"), Mapping):
        return Place()
    known = Place.__dataclass_fields__
    parts: Any = {name: part for name, part in value["place"].items() if name in known}
    return Place(**parts)


def from_area(knowledge: Knowledge, code: str, typed: str = "") -> Place | None:
    """The place that an area's code names, with the areas above it."""
    levels: Any = {}
    area = knowledge.area(code)
    while area:
        levels[area.level] = area.code
        area = knowledge.area(area.within) if area.within else None
    return Place(**levels, typed=typed) if levels else None


def code_of(place: Place) -> str:
    return place.subdistrict or place.district or place.province


@dataclass(frozen=True)
class Where:
    """`depth` says how exactly; `quick` (dangers) asks back only where one name is many places."""

    depth: Depth = lambda scene: "district"
    quick: bool = False

    def complete(self, value: Any, knowledge: Knowledge) -> bool:
        place = place_of(value)
        if place.province and knowledge.area(place.province) is None:
            return False
        return bool(place.province or place.lat is not None or (value.get("unknown") and "place" in value))

    def show(self, value: Any, knowledge: Knowledge) -> Text:
        place = place_of(value)
        if not place.province:
            return place.typed or T("place.unknown")
        return place.typed if self.quick and place.typed else Described(place)(knowledge)

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self, scene: Scene) -> Heard | Problem | None:
        incoming = scene.turn.incoming
        if incoming.pin:
            return self._pinned(scene)
        if incoming.tap:
            return self._tapped(scene, incoming.tap.value)
        if incoming.kind == "text":
            return self._typed(scene, incoming.text)
        return None

    def _pinned(self, scene: Scene) -> Heard | Problem:
        pin = scene.turn.incoming.pin
        assert pin is not None
        reading = scene.knowledge.at(pin.lat, pin.lon)
        if reading.place is None:
            return Problem("place.abroad", alone=True)
        earlier = named_before(scene)
        typed = next((place.typed for place in earlier if place.typed), pin.title)
        here = replace(reading.place, typed=typed)
        if self.quick:
            return settled(scene, here)
        if earlier and all(scene.knowledge.disagree(here, place) for place in earlier):
            return among(scene, (replace(here, typed=""), *earlier[: PAGE - 2]), "disagree")
        if reading.near:
            sides = (here, *(replace(side, lat=pin.lat, lon=pin.lon, typed=typed) for side in reading.near[:3]))
            return among(scene, sides, "line")
        return settled(scene, here)

    def _typed(self, scene: Scene, text: str) -> Heard | Problem:
        chosen = chosen_by_words(self.options(scene), text) if open_state(scene.value) else None
        if chosen is not None:
            return self._tapped(scene, chosen)
        if said("list", text):
            return self._tapped(scene, "in:")
        if said("skip", text) or said("unsure", text):
            return self._not_known(scene)
        reading = scene.knowledge.read_place(text, within=str(open_state(scene.value).get("within") or ""))
        typed = text.strip()[:200]
        if reading is None or (reading.choices and not says_little_else(text, reading)):
            return self._unread(scene, typed)
        if len(reading.choices) > 1:
            return among(
                scene, tuple(replace(choice, typed=typed) for choice in reading.choices[: PAGE - 1]), "several"
            )
        return self._deep_enough(scene, replace(reading.place, typed=typed))

    def _not_known(self, scene: Scene) -> Heard | Problem:
        """Not knowing is an answer; only the province is asked for first, since it decides who comes."""
        state = open_state(scene.value)
        if state.get("why") == "line":
            return self._tapped(scene, "pick:0")  # the side on which the pin itself lies
        if self.quick or not self.depth(scene) or "within" in state or state.get("tries"):
            return self._tapped(scene, f"enough:{state['within']}" if state.get("within") else "unknown")
        return Problem("", store={"open": {**state, "among": [], "within": "", "tries": 1}})

    def _unread(self, scene: Scene, typed: str) -> Heard | Problem:
        gap = Gap("unread_place", typed, messages=scene.turn.incoming.message_ids)
        if self.quick or self.depth(scene) == "":
            return Heard({scene.field: {"place": {"typed": typed}, "unknown": True}}, acts=(gap,))
        state = open_state(scene.value)
        before = state.get("tries")
        tries = before + 1 if isinstance(before, int) else 1
        again = {**state, "typed": typed, "tries": tries}
        if tries >= TRIES:  # enough asked: the words go along, and an officer reads them
            known = from_area(scene.knowledge, str(state.get("within", "")), typed) or Place(typed=typed)
            return Heard({scene.field: {"place": stored(known), "unknown": True}}, acts=(gap,))
        if state.get("tries") and not state.get("among"):  # twice unread: step by step
            again.setdefault("within", "")
        key = "place.link" if LINK.search(typed) else "place.unread"
        return Problem(key, acts=(gap,), store={"open": again}, alone=True)

    def _tapped(self, scene: Scene, value: str) -> Heard | Problem:
        act, _, rest = value.partition(":")
        state = open_state(scene.value)
        if act == "in":
            code, _, group = rest.partition(":")
            return Problem("", store={"open": {**state, "among": [], "within": code, "group": group}})
        if act == "unknown":
            return Heard({scene.field: {"place": {"typed": state.get("typed", "")}, "unknown": True}})
        if act == "pick" and rest.isdecimal() and int(rest) < len(state.get("among", [])):
            return self._deep_enough(scene, place_of({"place": state["among"][int(rest)]}))
        place = from_area(scene.knowledge, rest, state.get("typed", "")) if act in ("at", "enough") else None
        if place is None:
            return Problem("common.choose_again")
        return settled(scene, place) if act == "enough" else self._deep_enough(scene, place, stepping=True)

    def _deep_enough(self, scene: Scene, place: Place, stepping: bool = False) -> Heard | Problem:
        """Taken, or asked one step finer: typed words down to the district, chosen ones down to the subdistrict."""
        exact = place.lat is not None or bool(place.estate) or self.quick or not self.depth(scene)
        finest = place.subdistrict or (place.district and not stepping)
        if exact or finest:
            return settled(scene, place)
        return Problem("", store={"open": {"within": code_of(place), "typed": place.typed}})

    def up(self, scene: Scene) -> Mapping[str, Any] | None:
        """From the subdistricts to the districts, from a group of names to all of them, and to the provinces."""
        state = open_state(scene.value)
        within, group = str(state.get("within", "")), state.get("group", "")
        area = scene.knowledge.area(within)
        if not area and not group:
            return None
        return {"open": {**state, "among": [], "within": within if group else area.within if area else "", "group": ""}}

    # --- asking -------------------------------------------------------------------------------------------------------

    def options(self, scene: Scene) -> tuple[Option, ...]:
        """The buttons of the finer question that is open."""
        state = open_state(scene.value)
        if state.get("among"):
            return self._among_options(scene, state)
        if "within" not in state:
            return ()
        lost = (Option("unknown", T("place.not_known"), "unsure"),) if not state["within"] else ()
        return (*listed(scene.knowledge, str(state["within"]), str(state.get("group", ""))), *lost)

    def _among_options(self, scene: Scene, state: Mapping[str, Any]) -> tuple[Option, ...]:
        places = [place_of({"place": one}) for one in state["among"]]
        named = tuple(Option(f"pick:{i}", Described(place)(scene.knowledge)) for i, place in enumerate(places))
        return (*named, Option("in:", T("place.elsewhere"), "list"))

    def ask(self, scene: Scene) -> tuple[Say, ...]:
        options = self.options(scene)
        if options:
            buttons = tuple(Button(option.label, scene.tap(option.value)) for option in options)
            return (Say(card=Card(self._title(scene), buttons=buttons, numbered=True), buttons=(send_pin(),)),)
        state = open_state(scene.value)
        further = () if self.quick else (Button(T("place.choose"), scene.tap("in:")),)
        lost = (Button(T("place.not_known"), scene.tap("unknown")),) if state.get("tries") else ()
        return (Say(scene.key("ask"), buttons=(send_pin(), *further, *lost)),)

    def _title(self, scene: Scene) -> Text:
        state = open_state(scene.value)
        if state.get("among"):
            return T(f"place.which_{state.get('why', 'several')}")
        area = scene.knowledge.area(str(state.get("within", "")))
        return T("place.step", {"area": area.name}) if area else T("place.province")


@dataclass(frozen=True, slots=True)
class Described:
    """A place in both languages, made from the knowledge."""

    place: Place

    def __call__(self, knowledge: Knowledge) -> Text:
        from knowledge.model import Both

        known = replace(self.place, typed="")
        described = Both(knowledge.describe(known, "th"), knowledge.describe(known, "en"))
        return described if described.th else self.place.typed or T("place.pin")


def says_little_else(text: str, reading: PlaceReading) -> bool:
    """Whether the name is most of the text: a common word inside a longer one ("behind the market") names no place."""
    return reading.span is None or (reading.span.end - reading.span.start) * 2 > len(text.strip())


def send_pin() -> Button:
    return Button(T("place.send_pin"), AskPin())


def open_state(value: Any) -> Mapping[str, Any]:
    state = value.get("open") if isinstance(value, Mapping) else None
    return state if isinstance(state, Mapping) else {}


def named_before(scene: Scene) -> tuple[Place, ...]:
    """What words named before a pin came; nothing while that answer is being changed."""
    state, place = open_state(scene.value), place_of(scene.value)
    changing = scene.turn.conversation.asked == f"{scene.flow}.{scene.field}"
    if place.province:
        return () if changing or place.lat is not None else (place,)
    if state.get("among"):
        return tuple(place_of({"place": one}) for one in state["among"])
    within = from_area(scene.knowledge, str(state.get("within", "")), str(state.get("typed", "")))
    return (within,) if within else ()


def settled(scene: Scene, place: Place) -> Heard:
    return Heard({scene.field: {"place": stored(place)}})


def among(scene: Scene, places: tuple[Place, ...], why: str) -> Problem:
    """Several fit: kept in the draft as half an answer, and asked with buttons."""
    return Problem("", store={"open": {"among": [stored(place) for place in places], "why": why}})


def listed(knowledge: Knowledge, within: str, group: str) -> tuple[Option, ...]:
    """The areas below one, at most a card full; a longer list is cut into groups named by their first and last."""
    areas = knowledge.areas(within)
    enough = (Option(f"enough:{within}", T("place.enough"), "unsure"),) if within else ()
    if len(areas) <= PAGE:
        return (*(Option(f"at:{area.code}", area.name) for area in areas), *enough)
    size = max(PAGE, -(-len(areas) // PAGE))
    groups = [areas[start : start + size] for start in range(0, len(areas), size)]
    if group.isdecimal() and int(group) < len(groups):
        return (*(Option(f"at:{area.code}", area.name) for area in groups[int(group)]), *enough)
    return (*(Option(f"in:{within}:{i}", _span(part)) for i, part in enumerate(groups)), *enough)


def _span(areas: tuple[Area, ...]) -> Text:
    return T("place.span", {"first": areas[0].name, "last": areas[-1].name})
