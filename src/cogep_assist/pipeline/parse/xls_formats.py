"""The formats of an XLS workbook in which nobody can read a cell ([MS-XLS] 2.4)."""

import struct
from dataclasses import dataclass, field

from cogep_assist.pipeline.parse.number_format import BUILT_IN, NumberFormat, number_format
from cogep_assist.pipeline.parse.paper import is_paper

_FONT, _FORMAT, _XF, _PALETTE = 0x0031, 0x041E, 0x00E0, 0x0092
# Twentieths of a point.
_LEAST_SIZE = 40
# White in the palette that a workbook begins with, once among the fixed colours and once in it.
_WHITE = (1, 9)
_FIRST_OF_PALETTE = 8
_XF_BYTES = 20


@dataclass(slots=True)
class Formats:
    """Fonts, colours and number formats of a workbook, as its records tell them one by one."""

    _fonts: list[tuple[int, int]] = field(default_factory=list)
    _empty: set[int] = field(default_factory=set)
    _codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    _palette: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(_WHITE, True))
    _forms: list[tuple[int, int, int, int]] = field(default_factory=list)

    def take(self, kind: int, body: bytes) -> None:
        """Note what a record says, if it is of a format."""
        if kind == _FONT and len(body) >= 6:
            size, _, colour = struct.unpack_from("<3H", body)
            self._fonts.append((size, colour))
        elif kind == _FORMAT and len(body) >= 5:
            # A number of characters and a byte that says how wide they are come before them.
            if set(body[5:].replace(b"\x00", b"")) == {ord(";")}:
                self._empty.add(struct.unpack_from("<H", body)[0])
            self._codes[struct.unpack_from("<H", body)[0]] = _code(body)
        elif kind == _PALETTE:
            for number in range((len(body) - 2) // 4):
                self._palette[_FIRST_OF_PALETTE + number] = is_paper(
                    *body[2 + 4 * number : 5 + 4 * number]
                )
        elif kind == _XF:
            self._forms.append(_form(body))

    def unseen(self) -> frozenset[int]:
        """Return the numbers of the formats: white on nothing, tiny, or shown as nothing (;;;)."""
        return frozenset(number for number, form in enumerate(self._forms) if self._hides(*form))

    def numbers(self) -> dict[int, NumberFormat]:
        """Return the numbers of the formats that say how a number is shown."""
        shown = {
            number: number_format(self._codes.get(form[1], ""))
            for number, form in enumerate(self._forms)
        }
        return {number: form for number, form in shown.items() if form is not None}

    def _hides(self, font: int, number_format: int, pattern: int, behind: int) -> bool:
        # There is no font of number 4.
        place = font - (font > 4)
        size, colour = self._fonts[place] if place < len(self._fonts) else (_LEAST_SIZE, 0)
        is_filled = pattern > 1 or (pattern == 1 and not self._palette.get(behind, False))
        pale = self._palette.get(colour, False) and not is_filled
        return size < _LEAST_SIZE or pale or number_format in self._empty


def _code(body: bytes) -> str:
    """Return the text of a format: its characters take two bytes each where a flag says so."""
    wide = body[4] & 1
    return body[5:].decode("utf-16-le" if wide else "latin-1", "replace")


def _form(body: bytes) -> tuple[int, int, int, int]:
    """Return font, number format, pattern and colour of the fill; Excel 5 wrote others."""
    if len(body) != _XF_BYTES:
        return 0, 0, 0, 0
    font, number_format = struct.unpack_from("<2H", body)
    pattern = struct.unpack_from("<I", body, 14)[0] >> 26
    return font, number_format, pattern, struct.unpack_from("<H", body, 18)[0] & 0x7F
