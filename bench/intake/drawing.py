"""Draws pages whose words are known: printed, degraded as scanners and fax machines do it, and in fonts made from handwriting.

Every sentence is invented. Fonts are looked for in the machine's font folders; `fonts()` says which were there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
PRINTED = (
    "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf", "LiberationMono-Regular.ttf", "DejaVuSans.ttf", "DejaVuSerif.ttf",
    "LiberationSansNarrow-Regular.ttf",
)  # fmt: skip
WRITTEN = (
    "dkg.ttf",
    "breipfont.ttf",
    "SteveHand.ttf",
    "femkeklaver.ttf",
    "Rufscript010.ttf",
    "DancingScript-Regular.otf",
    "Kristi.ttf",
)
"""Fonts made from somebody's hand (Debian: fonts-dkg-handwriting, fonts-breip, fonts-sjfonts, fonts-femkeklaver, fonts-rufscript,
fonts-dancingscript, fonts-kristi), from neat to hasty. Every letter is drawn the same each time, as no hand does it: real writing is worse."""

_COMPLAINTS = ("chest pain", "a sore throat", "low back pain", "a cough", "right knee pain", "left ear pain", "a headache", "burning on urination",
               "swelling of the left ankle", "a rash on both forearms", "shortness of breath", "follow-up of blood pressure")  # fmt: skip
_DENIALS = ("Denies fever.", "No nausea or vomiting.", "No trauma.", "Denies loss of consciousness.", "No known drug allergies.",
            "Without radiation to the arm.", "Negative for tenderness.", "Not short of breath at rest.", "Never smoked.")  # fmt: skip
_DRUGS = ("lisinopril 10 mg daily", "metformin 500 mg twice daily", "amoxicillin 875 mg twice daily for 10 days", "ibuprofen 600 mg every 8 hours",
          "atorvastatin 40 mg at bedtime", "insulin glargine 18 units at night", "levothyroxine 75 mcg daily", "prednisone 20 mg for 5 days",
          "albuterol 2 puffs every 4 hours as needed", "hydrochlorothiazide 12.5 mg daily")  # fmt: skip
_FINDINGS = ("Lungs clear to auscultation.", "Regular rate and rhythm, no murmur.", "Abdomen soft, nontender.", "Tympanic membrane red and bulging.",
             "Effusion of the right knee.", "Full range of motion.", "Oropharynx erythematous without exudate.", "Straight leg raise negative on the left.",
             "No edema.", "Skin warm and dry.", "Alert and oriented.", "Mild tenderness over the lateral malleolus.")  # fmt: skip
_DIAGNOSES = ("Essential hypertension I10, not at goal.", "Type 2 diabetes mellitus E11.9, A1c 7.8 percent.", "Acute pharyngitis J02.9.",
              "Acute otitis media, left ear H66.92.", "Low back pain M54.50.", "Sprain of right ankle S93.401A.", "Urinary tract infection N39.0.",
              "Acute bronchitis J20.9.", "Mixed hyperlipidemia E78.2.", "Hypothyroidism E03.9, stable.", "Migraine G43.909, not intractable.")  # fmt: skip
_PLANS = ("Return in 2 weeks.", "Strep test negative today.", "Chest x-ray ordered.", "Injected 1 mL lidocaine 1% and 40 mg triamcinolone, right knee.",
          "Home exercises twice a day.", "Check basic metabolic panel in 3 months.", "Referred to physical therapy.", "ECG today without ST changes.",
          "Call if the pain gets worse.", "Influenza vaccine given in the left deltoid.")  # fmt: skip


class Style(NamedTuple):
    """How a page is made: a name, the kind of fonts, the letter height in pixels, and what happens to the paper."""

    name: str
    written: bool
    height: int
    spoil: Callable[[Image.Image, random.Random], Image.Image]


def note(chance: random.Random) -> list[str]:
    """Return the lines of an invented visit's note."""
    age, sex = chance.randint(19, 88), chance.choice(("man", "woman"))
    return [
        f"Date of service {chance.randint(1, 12):02}/{chance.randint(1, 28):02}/2026",
        f"{age} year old {sex} with {chance.choice(_COMPLAINTS)} for {chance.randint(2, 14)} days.",
        " ".join(chance.sample(_DENIALS, 2)),
        f"Takes {chance.choice(_DRUGS)}.",
        f"BP {chance.randint(104, 178)}/{chance.randint(58, 104)} pulse {chance.randint(52, 118)} temp {chance.randint(970, 1024) / 10} weight {chance.randint(98, 260)} lb",
        *(" ".join(pair) for pair in (chance.sample(_FINDINGS, 2), chance.sample(_FINDINGS, 1) + chance.sample(_DENIALS, 1))),
        "Assessment:",
        *(f"{number}. {text}" for number, text in enumerate(chance.sample(_DIAGNOSES, 2), 1)),
        "Plan:",
        f"Start {chance.choice(_DRUGS)}.",
        *chance.sample(_PLANS, 2),
    ]  # fmt: skip


def fonts(names: tuple[str, ...]) -> list[Path]:
    """Return the fonts of these names that this machine has."""
    found = {path.name: path for folder in FOLDERS if folder.is_dir() for path in sorted(folder.rglob("*.[to]tf"))}
    return [found[name] for name in names if name in found]


def page(lines: list[str], font: Path, height: int, chance: random.Random, *, written: bool = False) -> Image.Image:
    """Draw lines of text on a white page; writing wanders off its line and varies in size and slant a little."""
    scale = height / 40
    face = ImageFont.truetype(str(font), height)
    widest = max(face.getlength(line) for line in lines) * (1.9 if written else 1)
    image = Image.new("L", (int(widest + 280 * scale), int((260 + 110 * len(lines)) * scale)), 255)
    draw = ImageDraw.Draw(image)
    top = 120 * scale
    for line in lines:
        if written:
            _write(image, line, font, height, top, scale, chance)
        else:
            draw.text((110 * scale, top), line, font=face, fill=chance.randint(0, 40))
        top += (110 if written else 74) * scale
    return image.crop((0, 0, image.width, min(image.height, int(top + 120 * scale))))


def _write(image: Image.Image, line: str, font: Path, height: int, top: float, scale: float, chance: random.Random) -> None:
    left, drift = 110 * scale + chance.uniform(-20, 20) * scale, chance.uniform(-0.02, 0.02)
    shade = chance.randint(10, 80)
    for word in line.split(" "):
        size = max(12, int(height * 1.25 * chance.uniform(0.92, 1.08)))
        face = ImageFont.truetype(str(font), size)
        box = face.getbbox(word)
        tile = Image.new("L", (int(box[2] + size), int(size * 2.2)), 0)
        ImageDraw.Draw(tile).text((size // 3, size // 3), word, font=face, fill=255)
        slant = chance.uniform(-0.10, 0.16)
        tile = tile.transform(tile.size, Image.Transform.AFFINE, (1, slant, -slant * size, 0, 1, 0), Image.Resampling.BICUBIC)
        place = (int(left - size // 3), int(top - size // 3 + drift * left + chance.uniform(-3, 3) * scale))
        image.paste(shade, place, tile)
        left += face.getlength(word) + size * chance.uniform(0.28, 0.45)


def clean(image: Image.Image, _chance: random.Random) -> Image.Image:
    """A page as it left the printer."""
    return image


def scanned(image: Image.Image, chance: random.Random) -> Image.Image:
    """A flatbed scan: a little askew, grey paper, blur, specks, JPEG-like noise."""
    image = image.rotate(chance.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.0)))
    return _noise(image, chance, grain=9, specks=0.0008)


def faxed(image: Image.Image, chance: random.Random) -> Image.Image:
    """A fax: 200 by 100 lines, black or white, streaks across the page, specks."""
    small = image.resize((int(image.width * 0.62), int(image.height * 0.40)), Image.Resampling.BILINEAR)
    bits = np.where(np.asarray(small) < chance.randint(120, 165), 0, 255).astype(np.uint8)
    dots = np.random.default_rng(chance.randint(0, 2**31)).random(bits.shape)
    bits[dots < 0.002] = 0
    for _ in range(chance.randint(1, 4)):
        bits[chance.randrange(bits.shape[0]), :] = 0
    return Image.fromarray(bits).resize((int(image.width * 0.62), int(image.height * 0.62)), Image.Resampling.NEAREST)


def photographed(image: Image.Image, chance: random.Random) -> Image.Image:
    """A phone's photo: seen from the side, a shadow over one corner, blur, noise."""
    width, height = image.size
    lean, squeeze = chance.uniform(-0.06, 0.06), chance.uniform(0, 0.00004)
    edge = int(0.08 * max(width, height))
    image = ImageOps.expand(image, edge, 255)
    width, height = image.size
    image = image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        (1, lean, -lean * height / 2, 0, 1, 0, squeeze, 0),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )
    across = np.linspace(0, 1, width)[None, :] * np.linspace(0.2, 1, height)[:, None]
    shaded = np.asarray(image, dtype=np.float32) * (1 - 0.5 * across)
    image = Image.fromarray(shaded.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(chance.uniform(0.6, 1.3)))
    return _noise(image, chance, grain=7, specks=0)


def _noise(image: Image.Image, chance: random.Random, *, grain: float, specks: float) -> Image.Image:
    source = np.random.default_rng(chance.randint(0, 2**31))
    values = np.asarray(image, dtype=np.float32) * 0.9 + 12 + source.normal(0, grain, (image.height, image.width))
    values[source.random(values.shape) < specks] = 30
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


STYLES = (
    Style("printed, clean", False, 40, clean), Style("printed, scanned", False, 36, scanned), Style("printed, small", False, 22, scanned),
    Style("printed, faxed", False, 40, faxed), Style("printed, photographed", False, 36, photographed),
    Style("handwriting font, clean", True, 40, clean), Style("handwriting font, scanned", True, 40, scanned),
)  # fmt: skip


def pages(each: int, seed: int = 7) -> Iterator[tuple[Style, Path, list[str], Image.Image]]:
    """Yield drawn pages: the style, the font, the lines that stand on it, the picture."""
    for style in STYLES:
        faces = fonts(WRITTEN if style.written else PRINTED)
        for number in range(each):
            chance = random.Random(f"{seed}/{style.name}/{number}")
            if not faces:
                continue
            face = faces[number % len(faces)]
            lines = note(chance)
            yield style, face, lines, style.spoil(page(lines, face, style.height, chance, written=style.written), chance)
