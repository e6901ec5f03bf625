"""Pages drawn for the tests of intake, with a font that comes with reportlab, so that they are the same on every machine."""

from __future__ import annotations

import io
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
NOTE = (
    "Visit of 10/12/2026", "54 year old woman with right knee pain for 3 days.", "Denies fever. No trauma.", "Takes lisinopril 10 mg daily.",
    "Assessment:", "1. Pain in right knee M25.561", "2. Essential hypertension I10", "Plan: ibuprofen 600 mg every 8 hours.",
)  # fmt: skip


def picture(lines=NOTE, *, height=34, width=1300, ink=20) -> Image.Image:
    """Draw lines of text on white paper."""
    image = Image.new("RGB", (width, 160 + 70 * len(lines)), "white")
    draw, face = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), height)
    for number, line in enumerate(lines):
        draw.text((90, 80 + 70 * number), line, font=face, fill=(ink, ink, ink))
    return image


def encoded(*images: Image.Image, kind="PNG") -> bytes:
    """Return pictures as the bytes of one file; several only as TIFF."""
    out = io.BytesIO()
    images[0].save(out, kind, **({"save_all": True, "append_images": images[1:]} if len(images) > 1 else {}))
    return out.getvalue()


def typed_pdf(lines=NOTE) -> bytes:
    """Return a PDF with a text layer."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 20 * number, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned_pdf(*images: Image.Image) -> bytes:
    """Return a PDF whose pages are pictures, as a scanner makes it."""
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=150, save_all=True, append_images=images[1:])
    return out.getvalue()
