"""What the browser loads beside the pages: our own CSS and JavaScript, htmx and the Thai font of installed wheels.

Nothing is copied into the project and nothing is fetched from another host. Each file has an address with the hash of
what it is made of, so browsers keep it for a year and a new version is a new address. Fonts are cut down to the letters
that Thai and English need (90 kB become 17) when the first page asks for them.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import brotli

HERE = Path(__file__).parent / "assets"
AT = "/console/assets"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
PACKED = (".css", ".js", ".svg", ".json")  # worth compressing
WEIGHTS = {"sarabun-400.woff2": "Regular", "sarabun-600.woff2": "SemiBold"}
OF_WHEELS = {  # of the map's page alone
    "leaflet.js": ("leaflet", "leaflet.js"),
    "leaflet.css": ("leaflet", "leaflet.css"),
    "cluster.js": ("leaflet_markercluster", "leaflet.markercluster.js"),
    "cluster.css": ("leaflet_markercluster", "MarkerCluster.css"),
}
LETTERS = (
    *range(0x20, 0x7F),
    *(0xA0, 0xAB, 0xB0, 0xB2, 0xB5, 0xB7, 0xBB, 0xD7),
    *range(0x0E01, 0x0E5C),
    *(0x200B, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x25CC),
)
ADDRESS = re.compile(r"asset\(([\w.-]+)\)")  # in our CSS


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: `made` gives its bytes, `mark` stands for them in the address."""

    name: str
    mark: str
    made: Callable[[], bytes]

    @property
    def address(self) -> str:
        stem, dot, ending = self.name.rpartition(".")
        return f"{AT}/{stem}.{self.mark}{dot}{ending}"

    @property
    def type(self) -> str:
        return TYPES[Path(self.name).suffix]

    def packed(self, accepts: str) -> tuple[bytes, str]:
        """The bytes as they travel, and their encoding."""
        if Path(self.name).suffix in PACKED:
            for encoding in ("br", "gzip"):
                if encoding in accepts:
                    return _packed(self.address, encoding), encoding
        return self.made(), ""


@cache
def all_of_them() -> dict[str, Asset]:
    """By name. What lies in the folder `assets` is found by itself."""
    found = {name: _font(name, weight) for name, weight in WEIGHTS.items()}
    found["htmx.js"] = _plain("htmx.js", Path(str(files("js_lib_htmx"))) / "static/htmx/htmx.min.js")
    for name, (package, file) in OF_WHEELS.items():
        found[name] = _plain(name, Path(str(files(f"xstatic.pkg.{package}"))) / "data" / file)
    for path in sorted(HERE.iterdir()):
        if path.suffix in TYPES:
            found[path.name] = _css(path, found) if path.suffix == ".css" else _plain(path.name, path)
    return found


def address(name: str) -> str:
    return all_of_them()[name].address


@cache
def by_address() -> dict[str, Asset]:
    return {one.address: one for one in all_of_them().values()}


@cache
def _packed(at: str, encoding: str) -> bytes:
    made = by_address()[at].made()
    return brotli.compress(made) if encoding == "br" else gzip.compress(made, mtime=0)


def _plain(name: str, path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(name, _mark(content), lambda: content)


def _css(path: Path, found: dict[str, Asset]) -> Asset:
    """`asset(name)` in it becomes the address of that file."""
    content = ADDRESS.sub(lambda named: f'url("{found[named[1]].address}")', path.read_text("utf-8")).encode()
    return Asset(path.name, _mark(content), lambda: content)


def _font(name: str, weight: str) -> Asset:
    made_of = f"{version('fontpkg-sarabun')} {version('fonttools')} {weight} {LETTERS}"
    return Asset(name, _mark(made_of.encode()), lambda: _subset(weight))


@cache
def _subset(weight: str) -> bytes:
    from fontTools import subset  # half a second to load, and needed once
    from fontTools.ttLib import TTFont

    options = subset.Options(hinting=False, layout_features=["*"])
    font = TTFont(str(files("fontpkg_sarabun") / "files" / f"Sarabun-{weight}.ttf"))
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    font.flavor = "woff2"
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
