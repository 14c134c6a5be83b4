"""Draw the parts of a document on A4 pages: the half of pdf_document that loads the library."""

import html
import io
import unicodedata
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from cogep_assist.core.pdf_parts import Facts, Heading, Part, Words

MARGIN = 20 * mm
TEXT_WIDTH = A4[0] - 2 * MARGIN
FACT_NAME_WIDTH = 50 * mm
_GREY = colors.HexColor("#5b6770")


def draw_pdf(title: str, parts: Sequence[Part], *, footer: str) -> bytes:
    """Return a document of A4 pages in Portuguese; see ``render_pdf``."""
    written = io.BytesIO()
    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=_printable(title),
        author="COGEP Assist",
        lang="pt-BR",
        invariant=1,
    )
    story: list[Any] = [_paragraph(title, "title"), Spacer(1, 4 * mm)]
    for part in parts:
        story += [*_flow(part), Spacer(1, 2.5 * mm)]
    draw = partial(_draw_footer, footer=footer)
    document.build(story, onFirstPage=draw, onLaterPages=draw)
    return written.getvalue()


def _flow(part: Part) -> list[Any]:
    if isinstance(part, Heading):
        return [_paragraph(part.text, "heading")]
    if isinstance(part, Words):
        return [_paragraph(part.text, "body")]
    if isinstance(part, Facts):
        rows = [[_paragraph(name, "name"), _paragraph(value, "body")] for name, value in part.pairs]
        return [_table(rows, [FACT_NAME_WIDTH, TEXT_WIDTH - FACT_NAME_WIDTH], heads=0)]
    shares = part.widths or [1.0] * len(part.headings)
    widths = [TEXT_WIDTH * share / sum(shares) for share in shares]
    head = [_paragraph(text, "name") for text in part.headings]
    body = [[_paragraph(text, "cell") for text in row] for row in part.rows]
    return [_table([head, *body], widths, heads=1)]


def _table(rows: list[list[Any]], widths: list[float], *, heads: int) -> Any:
    if not rows:
        return Spacer(1, 0)
    # A cell longer than a page goes on in the next one.
    made = LongTable(rows, colWidths=widths, repeatRows=heads, splitInRow=1)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#c8cdd2")),
            ]
        )
    )
    return made


def _paragraph(text: str, style: str) -> Any:
    lines = html.escape(_printable(text), quote=False).split("\n")
    return Paragraph("<br/>".join(lines), _styles()[style])


def _printable(text: str) -> str:
    """Return a text without what no font draws: control and direction characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn"}
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in hidden)


@cache
def _styles() -> dict[str, ParagraphStyle]:
    # Part of the library itself: no font has to be found on the machine.
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    pdfmetrics.registerFont(TTFont("Vera-Bold", "VeraBd.ttf"))
    body = ParagraphStyle("body", fontName="Vera", fontSize=9.5, leading=13.5)
    return {
        "body": body,
        "cell": ParagraphStyle("cell", parent=body, fontSize=8, leading=11),
        "name": ParagraphStyle("name", parent=body, fontName="Vera-Bold", fontSize=8.5),
        "heading": ParagraphStyle(
            "heading", parent=body, fontName="Vera-Bold", fontSize=12, leading=16, spaceBefore=6
        ),
        "title": ParagraphStyle(
            "title", parent=body, fontName="Vera-Bold", fontSize=16, leading=21
        ),
    }


def _draw_footer(canvas: Any, document: Any, *, footer: str) -> None:
    canvas.saveState()
    canvas.setFont("Vera", 6.5)
    canvas.setFillColor(_GREY)
    canvas.drawString(MARGIN, 11 * mm, _printable(footer)[:140])
    canvas.drawRightString(A4[0] - MARGIN, 11 * mm, f"página {document.page}")
    canvas.restoreState()
