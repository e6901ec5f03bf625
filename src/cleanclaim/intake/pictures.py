"""Pictures of paper: opened within limits, turned as the camera says, made small enough to read and to show."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps, ImageSequence

from cleanclaim.intake import limits
from cleanclaim.kernel.errors import UnreadableInput

FORMATS: Final = ("PNG", "JPEG", "TIFF")
_TOO_LARGE: Final = "A page of this picture is larger than can be read: scan it at 200 to 300 dots an inch."
_STRANGE: Final = "The picture cannot be opened: it is damaged, or no PNG, JPEG or TIFF."


def pages(content: bytes) -> Iterator[Image.Image]:
    """Yield the pages of a picture, upright as the camera says, in grey or colour. Raises UnreadableInput."""
    Image.MAX_IMAGE_PIXELS = limits.MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                for number, frame in enumerate(ImageSequence.Iterator(picture)):
                    check_number(number)
                    check_size(*frame.size)
                    yield paper(ImageOps.exif_transpose(frame.copy()))
        except UnreadableInput:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
            raise UnreadableInput(_TOO_LARGE) from None
        except Exception:  # noqa: BLE001 - a decoder may raise anything over a hostile file
            raise UnreadableInput(_STRANGE) from None


def check_number(number: int) -> None:
    """Raises UnreadableInput for a page beyond the most that a document has; the first is 0."""
    if number >= limits.MAX_PAGES:
        raise UnreadableInput(f"The document has more than {limits.MAX_PAGES} pages: bring it in in parts.")


def check_size(width: float, height: float) -> None:
    """Raises UnreadableInput for a page with no or too many pixels."""
    if width * height > limits.MAX_PIXELS or max(width, height) > limits.MAX_SIDE:
        raise UnreadableInput(_TOO_LARGE)
    if min(width, height) < 8:
        raise UnreadableInput("The picture is too small to hold a word.")


def paper(image: Image.Image) -> Image.Image:
    """Return the picture on white paper, no larger than is read, in three colours."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        over = image.convert("RGBA")
        white = Image.new("RGBA", over.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, over)
    elif image.mode.startswith("I") or image.mode == "F":
        low, high = image.getextrema()
        scale = 255 / (float(high) - float(low) or 1.0)  # type: ignore[arg-type]
        image = image.convert("F").point(lambda value: (value - float(low)) * scale)  # type: ignore[arg-type]
        image = image.convert("L")
    image = image.convert("RGB")
    longer = max(image.size)
    if longer > limits.WORKING_SIDE:
        image.thumbnail((limits.WORKING_SIDE, limits.WORKING_SIDE), Image.Resampling.LANCZOS)
    return image


def shown(image: Image.Image) -> bytes:
    """Return the upright page as a JPEG that every browser shows."""
    out = io.BytesIO()
    image.convert("L" if _is_grey(image) else "RGB").save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()


def _is_grey(image: Image.Image) -> bool:
    small = image.convert("RGB").resize((64, 64))
    bands = [band.tobytes() for band in small.split()]
    return all(max(abs(a - b) for a, b in zip(bands[0], other, strict=True)) < 24 for other in bands[1:])
