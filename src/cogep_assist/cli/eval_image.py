"""A run as one PNG image: its curves below each other, for a report or a chat."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from PIL import Image, ImageDraw, ImageFont

from cogep_assist.cli.eval_figures import (
    NO_ABSTENTION,
    NOTHING_TO_DRAW,
    TICKS,
    Curve,
    curves_of,
    named_figures,
)
from cogep_assist.cli.written_file import writing_bytes

_WIDTH, _PANEL, _HEAD, _ROW = 1600, 900, 130, 44
_LEFT, _RIGHT, _TOP, _BOTTOM = 200, 80, 110, 160
_INK, _LINE, _WEAK, _PAPER = "#1b1b1f", "#1351b4", "#c3c3c8", "#ffffff"
_TITLE_CHARS = 60
_SHOWN_FIGURES = 8


def write_image(run: Mapping[str, Any], path: Path, title: str) -> None:
    """Write a run as one image, 1600 pixels wide, dark on white."""
    curves, figures = curves_of(run), named_figures(run)[:_SHOWN_FIGURES]
    told = [] if len(curves) > 1 else [NO_ABSTENTION if curves else NOTHING_TO_DRAW]
    table = _HEAD + _ROW * len(figures) + 30
    lines = _ROW * 2 * len(told)
    image = Image.new("RGB", (_WIDTH, table + _PANEL * len(curves) + lines), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((60, 40), f"Avaliação: {_shortened(title)}", _INK, font=_font(44, bold=True))
    for place, (name, value) in enumerate(figures):
        y = _HEAD + place * _ROW
        draw.text((60, y), name, _INK, font=_font(26))
        draw.text((900, y), value, _INK, font=_font(26), anchor="ra")
    for place, curve in enumerate(curves):
        _draw_curve(draw, curve, table + place * _PANEL)
    for words in told:
        draw.multiline_text((60, image.height - lines), _wrapped(words), _INK, font=_font(24))
    with writing_bytes(path) as file:
        image.save(file, format="PNG", optimize=True)


def _draw_curve(draw: ImageDraw.ImageDraw, curve: Curve, top: int) -> None:
    def place(point: tuple[float, float]) -> tuple[float, float]:
        wide, high = _WIDTH - _LEFT - _RIGHT, _PANEL - _TOP - _BOTTOM
        return _LEFT + point[0] * wide, top + _PANEL - _BOTTOM - point[1] * high

    draw.text((60, top + 30), curve.title, _INK, font=_font(34, bold=True))
    for tick in TICKS:
        (x, y), (end, _) = place((0, tick)), place((1, tick))
        draw.line([(x, y), (end, y)], fill=_WEAK, width=2)
        draw.text((x - 16, y), f"{tick:.0%}", _INK, font=_font(26), anchor="rm")
    for share, label in curve.columns:
        x, y = place((share, 0))
        draw.text((x, y + 14), label, _INK, font=_font(26), anchor="ma")
    x, y = place((0.5, 0))
    draw.text((x, y + 70), curve.across, _INK, font=_font(26), anchor="ma")
    _draw_upwards(draw, curve.up, place((0, 0.5))[1])
    draw.line([place(point) for point in curve.points], fill=_LINE, width=5, joint="curve")
    if curve.mark:
        x, y = place(curve.mark)
        draw.ellipse([x - 12, y - 12, x + 12, y + 12], fill=_LINE)
        right, low = place((1, 0))
        draw.text((right, low - 20), f"● {curve.mark_words}", _INK, font=_font(26), anchor="rd")


def _draw_upwards(draw: ImageDraw.ImageDraw, words: str, middle: float) -> None:
    """Write along the left side, from below upwards."""
    font = _font(26)
    left, top, right, bottom = font.getbbox(words)
    strip = Image.new("L", (int(right) + 4, int(bottom - top) + 8), 0)
    ImageDraw.Draw(strip).text((2 - left, 4 - top), words, 255, font=font)
    turned = strip.rotate(90, expand=True)
    draw.bitmap((50, int(middle - turned.height / 2)), turned, fill=_INK)


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    # The font that the documents are written in: it comes with their library.
    name = "VeraBd.ttf" if bold else "Vera.ttf"
    return ImageFont.truetype(Path(reportlab.__file__).parent / "fonts" / name, size)


def _shortened(title: str) -> str:
    plain = "".join(sign for sign in title if sign.isprintable())
    return plain if len(plain) <= _TITLE_CHARS else plain[: _TITLE_CHARS - 1] + "…"


def _wrapped(words: str) -> str:
    """Break a long sentence into two lines near its middle."""
    if len(words) <= _TITLE_CHARS:
        return words
    half = words.find(" ", len(words) // 2)
    return words if half < 0 else f"{words[:half]}\n{words[half + 1 :]}"
