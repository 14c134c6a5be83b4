"""What documents with tables are made of, for ``table_layouts.py``."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)

STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("corpo", STYLES["BodyText"], alignment=4)
CELL = ParagraphStyle("celula", STYLES["BodyText"], fontSize=9, leading=11)
BLACK = colors.black
GRID = [("GRID", (0, 0), (-1, -1), 0.5, BLACK), ("FONTSIZE", (0, 0), (-1, -1), 9)]
BOLD_HEAD = [*GRID, ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")]
WORDS = [
    "a",
    "administração",
    "pública",
    "o",
    "servidor",
    "em",
    "exercício",
    "poderá",
    "requerer",
    "conforme",
    "decisão",
    "fundamentada",
    "da",
    "autoridade",
    "competente",
    "no",
    "interesse",
    "do",
    "serviço",
    "desde",
    "que",
    "cumpridos",
    "os",
    "requisitos",
    "previstos",
    "neste",
    "regulamento",
    "e",
    "na",
    "legislação",
    "vigente",
    "sobre",
    "a",
    "matéria",
]


@dataclass
class Layout:
    """A document, the questions it answers and what a right answer holds."""

    name: str
    title: str
    data: bytes
    questions: list[tuple[str, str]] = field(default_factory=list)
    # Words that are prose and must not come out as rows of a table.
    prose_only: bool = False


def prose(seed: int, sentences: int = 4) -> str:
    """Return sentences without meaning in the words of a regulation."""
    chance = random.Random(seed)
    said = []
    for _ in range(sentences):
        words = [chance.choice(WORDS) for _ in range(chance.randint(9, 24))]
        said.append(" ".join(words).capitalize() + ".")
    return " ".join(said)


def flowed(title: str, *parts: object, pagesize: tuple[float, float] = A4) -> bytes:
    """Return a PDF of a title and what follows; text becomes paragraphs."""
    buffer = io.BytesIO()
    story: list[object] = [Paragraph(title, STYLES["Title"])]
    for part in parts:
        story.append(Paragraph(part, BODY) if isinstance(part, str) else part)
        story.append(Spacer(1, 8))
    SimpleDocTemplate(buffer, pagesize=pagesize, title=title).build(story)
    return buffer.getvalue()


def drawn(title: str, draw: Callable[[canvas.Canvas], None],
          pagesize: tuple[float, float] = A4) -> bytes:  # fmt: skip
    """Return a PDF drawn by hand, under its title."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=pagesize)
    page.setTitle(title)
    draw(page)
    page.save()
    return buffer.getvalue()


def wrapped(rows: Sequence[Sequence[str]]) -> list[list[Paragraph]]:
    """Return rows whose cells wrap."""
    return [[Paragraph(cell, CELL) for cell in row] for row in rows]


def wrapped_text(text: str, width: int) -> list[str]:
    """Cut a text into lines of so many characters."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]
