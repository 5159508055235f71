"""Pictures of staff as LINE takes them: JPEG, the large one below 10 MB and the small one below 1 MB.

Drawn anew from what lies in the store, so that nothing of the camera's notes (place, device) leaves the house. LINE
asks for each once or twice, so nothing is kept.
"""

from __future__ import annotations

import io
from pathlib import Path

SIZES = {"small": 480, "large": 2048}  # pixels of the longer side
TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
MOST = 80_000_000  # pixels; what is larger is no photo


def drawn(path: Path, size: str) -> bytes | None:
    """The picture, or None where it cannot be drawn."""
    from PIL import Image, ImageOps  # most houses never draw one, and it takes 3 MB

    side, out = SIZES[size], io.BytesIO()
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST:
                return None
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((side, side))
            upright.save(out, "JPEG", quality=82)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return out.getvalue()
