"""What a door's camera sees of our own badges: rendered from their PDF, held badly, written as a film for Chromium."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventsys.badges.faces import BadgeFace
from eventsys.badges.sheets import badge_pdf
from eventsys.registration.models import Ticket

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = (1280, 720)
WALL = (96, 98, 96)
# The corner of a frame tells a measuring page whether the badge is in view.
MARK = 24


def badge(ticket: Ticket, *, height: int = 640, name: str = "Ioanna Papadaki") -> Image:
    """A badge of this height in pixels, as it comes out of the printer."""
    import pypdfium2

    face = BadgeFace(name=name, code=ticket.code, short_code=ticket.short_code, affiliation="Hellenic Centre")
    document = pypdfium2.PdfDocument(badge_pdf([face]))
    try:
        page = document[0]
        picture: Image = page.render(scale=height / page.get_height()).to_pil().convert("RGB")
    finally:
        document.close()
    return picture


def scene(picture: Image | None, *, turned: float = 0, at: tuple[int, int] | None = None) -> Image:
    """A badge held before a grey wall, turned by degrees, in the middle unless `at` names its upper left corner."""
    from PIL import Image as images

    room = images.new("RGB", SIZE, WALL)
    if picture is not None:
        held = picture.convert("RGBA").rotate(turned, expand=True, resample=images.Resampling.BICUBIC)
        place = at or ((SIZE[0] - held.width) // 2, (SIZE[1] - held.height) // 2)
        room.paste(held, place, held)
    return room


def leaning(picture: Image) -> Image:
    """A badge whose upper edge leans away: two thirds as wide there as below."""
    from PIL import Image as images

    wide, high = picture.size
    away = wide / 6
    # The eight coefficients that take each point of the result to its point of the badge (PIL: Image.transform).
    top_left, top_right, low_right, low_left = (away, high * 0.1), (wide - away, high * 0.1), (wide, high), (0.0, high)
    coefficients = _perspective(
        [top_left, top_right, low_right, low_left], [(0, 0), (wide, 0), (wide, high), (0, high)]
    )
    return picture.convert("RGBA").transform(
        (wide, high), images.Transform.PERSPECTIVE, coefficients, images.Resampling.BICUBIC, fillcolor=(0, 0, 0, 0)
    )


def _perspective(seen: Sequence[tuple[float, float]], real: Sequence[tuple[float, float]]) -> list[float]:
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, real, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return _solved(rows)


def _solved(rows: list[list[float]]) -> list[float]:
    """Gauss and Jordan, with the largest pivot."""
    for column in range(len(rows)):
        pivot = max(range(column, len(rows)), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row, values in enumerate(rows):
            if row != column:
                rows[row] = [a - values[column] * b for a, b in zip(values, rows[column], strict=True)]
    return [row[-1] for row in rows]


def blurred(picture: Image, radius: float) -> Image:
    from PIL import ImageFilter

    return picture.filter(ImageFilter.GaussianBlur(radius))


def dim(picture: Image, light: float) -> Image:
    """The light of a cloakroom, with the noise that a sensor makes of it."""
    from PIL import Image as images

    dark = picture.point([int(value * light) for value in range(256)] * 3)
    drawn = random.Random(4)
    grain = images.frombytes("L", (SIZE[0] // 4, SIZE[1] // 4), drawn.randbytes(SIZE[0] * SIZE[1] // 16))
    noise = grain.resize(SIZE).point([value // 14 for value in range(256)])
    return images.merge("RGB", [_sum(band, noise) for band in dark.split()])


def _sum(band: Image, noise: Image) -> Any:
    from PIL import ImageChops

    return ImageChops.add(band, noise)


def pale(picture: Image) -> Image:
    """A badge behind foil in the sun: black is grey, white is hardly whiter."""
    return picture.point([140 + value // 3 for value in range(256)] * 3)


HELD: dict[str, Callable[[Ticket], Image]] = {
    "askew": lambda ticket: scene(badge(ticket), turned=7),
    "tilted": lambda ticket: scene(badge(ticket), turned=20),
    "upside down": lambda ticket: scene(badge(ticket), turned=180),
    "leaning": lambda ticket: scene(leaning(badge(ticket))),
    "blurred": lambda ticket: blurred(scene(badge(ticket)), 3),
    "dim": lambda ticket: dim(scene(badge(ticket), turned=4), 0.16),
    "pale": lambda ticket: pale(scene(badge(ticket))),
    "far away": lambda ticket: blurred(scene(badge(ticket, height=250), turned=9, at=(700, 260)), 0.6),
}


def film(path: Path, takes: Sequence[tuple[Image, int]], *, quality: int = 85) -> Path:
    """Write pictures, each for so many frames, as the motion JPEG that Chromium plays over and over as its camera."""
    with path.open("wb") as out:
        for picture, frames in takes:
            frame = BytesIO()
            picture.save(frame, "JPEG", quality=quality)
            out.write(frame.getvalue() * frames)
    return path


def marked(picture: Image) -> Image:
    """The picture with a white corner, by which a measuring page knows that this take has begun."""
    seen = picture.copy()
    seen.paste((255, 255, 255), (0, 0, MARK, MARK))
    return seen


def chromium_seeing(film_path: Path) -> list[str]:
    """What Chromium is started with to see a film instead of a camera."""
    return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film_path}"]  # fmt: skip
