"""The words of a PDF page with their places, as they lie on the page that is shown. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A gap this wide, in heights of the letters, parts two pieces of one line.
_APART = 0.85
# Words of which this much of the lower one's height is shared stand on one line.
_BESIDE = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word, the line of the engine's that it is in, and its first character.

    ``turned`` is 1 where it is read upwards, -1 where downwards.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    line: int
    index: int
    turned: int = 0

    @property
    def middle(self) -> tuple[float, float]:
        """The centre of its box."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one line that stand close together."""

    words: tuple[Word, ...]

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(word.right for word in self.words)

    @property
    def text(self) -> str:
        """Its words with a space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class TextRow:
    """The pieces that stand on one line of the page, from left to right."""

    pieces: tuple[Piece, ...]
    bottom: float
    top: float

    @property
    def height(self) -> float:
        """How high the line is."""
        return self.top - self.bottom

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.pieces[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(piece.right for piece in self.pieces)


def text_rows(words: Iterable[Word]) -> list[TextRow]:
    """Put words that stand upright into lines from top to bottom, parted at wide gaps."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -(word.bottom + word.top)):
        if lines and _beside(lines[-1][0], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [_row(sorted(line, key=lambda word: word.left)) for line in lines]


def cell_lines(words: Sequence[Word]) -> tuple[str, ...]:
    """Return what stands in one cell, line by line; what is turned is read before the rest."""
    turned = [word for word in words if word.turned]
    upright = text_rows(word for word in words if not word.turned)
    lines = [" ".join(piece.text for piece in row.pieces) for row in upright]
    return (*_turned_lines(turned), *lines)


def bounds(words: Sequence[Word]) -> tuple[float, float, float, float]:
    """Return the left, right, bottom and top of what words cover together."""
    return (
        min(word.left for word in words),
        max(word.right for word in words),
        min(word.bottom for word in words),
        max(word.top for word in words),
    )


def _turned_lines(words: list[Word]) -> list[str]:
    """Read sideways lines: upwards they follow each other to the right, downwards to the left."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.turned * (word.left + word.right)):
        middle = word.middle[0]
        if lines and lines[-1][0].left < middle < lines[-1][0].right:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [
        " ".join(word.text for word in sorted(line, key=lambda word: word.turned * word.bottom))
        for line in lines
    ]


def _beside(one: Word, other: Word) -> bool:
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > _BESIDE * min(one.top - one.bottom, other.top - other.bottom)


def _row(words: list[Word]) -> TextRow:
    pieces: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        last = pieces[-1][-1]
        if word.left - last.right > _APART * min(last.top - last.bottom, word.top - word.bottom):
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return TextRow(
        tuple(Piece(tuple(piece)) for piece in pieces),
        min(word.bottom for word in words),
        max(word.top for word in words),
    )
