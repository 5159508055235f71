"""Inspection regions and the pilot provinces: who oversees what. Data, because the ministry redraws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from knowledge import files, schema
from knowledge.model import Both


class RegionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: schema.Words
    provinces: list[str]


class RegionsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    regions: dict[str, RegionFile]
    pilots: list[str] = []
    sources: list[str] = []
    unverified: list[str] = []


@dataclass(frozen=True, slots=True)
class Region:
    """One inspection region; `provinces` are ISO codes (`TH-11`)."""

    id: str
    name: Both
    provinces: frozenset[str]


@dataclass(frozen=True, slots=True)
class Regions:
    by_id: Mapping[str, Region]
    pilots: frozenset[str]

    def of(self, province: str) -> str:
        """The id of the region that a province lies in, or empty."""
        return next((one.id for one in self.by_id.values() if province in one.provinces), "")


def load(folder: Path) -> Regions:
    read = files.read(folder / "regions.yaml", RegionsFile)
    found = {
        own: Region(own, Both(each.name.th, each.name.en), frozenset(each.provinces))
        for own, each in read.regions.items()
    }
    return Regions(found, frozenset(read.pilots))
