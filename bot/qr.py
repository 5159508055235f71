"""A code to print beside a gate: whoever scans it opens the chat with place, factory or institute already written.

LINE's address line.me/R/oaMessage/{id}/?{text} fills the input line and lets the person send it, so nothing is sent
unseen. The text is plain words (made and read by handlers.free_text), because people see it before they send it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import segno

# LINE cuts longer addresses off in some readers; a dense code is also hard to scan from a wall.
LONGEST = 1000


def address(basic_id: str, text: str) -> str:
    """The address that opens the chat of `basic_id` (like `@123abcde`) with `text` in the input line."""
    if not basic_id.startswith("@"):
        basic_id = "@" + basic_id
    url = f"https://line.me/R/oaMessage/{quote(basic_id, safe='')}/?{quote(text, safe='')}"
    if len(url) > LONGEST:
        raise ValueError(f"the text is too long for a code that can be scanned: {len(url)} of {LONGEST} letters")
    return url


def write(url: str, out: Path, scale: int = 8) -> None:
    """Writes the code as SVG, PNG or PDF, by the ending of `out`; error correction M survives a dirty sign."""
    if out.suffix.lower() not in {".svg", ".png", ".pdf"}:
        raise ValueError(f"{out.name}: the ending must be .svg, .png or .pdf")
    segno.make(url, error="m", micro=False).save(str(out), scale=scale, border=4)
