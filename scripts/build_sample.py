"""Build the PDF and DOCX files of the bundled sample from their Markdown sources.

    python scripts/build_sample.py            writes src/cogep_assist/sample/documents/*.pdf, *.docx
    python scripts/build_sample.py --check    writes nothing; exits 1 if a file is out of step

The output is the same on every machine: fixed dates, no compression whose result depends on the
zlib at hand (PDF pages are stored plain), zip members compared by content. python-docx has no
public way to restart a numbered list or to repeat a table header: those lines touch its elements.
"""

import argparse
import io
import re
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "scripts" / "sample_sources"
DOCUMENTS = ROOT / "src" / "cogep_assist" / "sample" / "documents"
AUTHOR = "COGEP, Instituto Exemplo (fictício)"
# Every file carries this date, so that building twice gives the same bytes.
BUILT_AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BLUE = colors.HexColor("#1351B4")
GREY = colors.HexColor("#555555")


@dataclass(slots=True)
class Block:
    """A piece of a source: a heading, a paragraph, a notice, a list or a table."""

    kind: str
    text: str = ""
    level: int = 0
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def main() -> int:
    """Build, or check, every file that has a source; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    stale = out_of_step()
    for name in stale:
        if not check:
            (DOCUMENTS / name).write_bytes(build(name))
        print(("out of step: " if check else "written: ") + name)
    return 1 if check and stale else 0


def out_of_step() -> list[str]:
    """Return the names of the built files that are missing or differ from their sources."""
    return [name for name in built_names() if not _same(name)]


def built_names() -> list[str]:
    """Return the file names that the sources produce, sorted."""
    return sorted(path.name.removesuffix(".md") for path in SOURCES.glob("*.md"))


def build(name: str) -> bytes:
    """Return the bytes of one built file, named as in the sample ("ponto.pdf")."""
    blocks = parse((SOURCES / f"{name}.md").read_text(encoding="utf-8"))
    return build_pdf(blocks) if name.endswith(".pdf") else build_docx(blocks)


def parse(source: str) -> list[Block]:
    """Split the Markdown subset of the sources into blocks."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", source.strip()):
        lines = [line.strip() for line in chunk.splitlines()]
        first = lines[0]
        if match := re.match(r"(#{1,3}) (.+)", first):
            blocks.append(Block("heading", match[2], level=len(match[1])))
        elif first.startswith("> "):
            blocks.append(Block("notice", " ".join(line.removeprefix("> ") for line in lines)))
        elif first.startswith("|"):
            cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            blocks.append(Block("table", rows=[cells[0], *cells[2:]]))
        elif first.startswith("- "):
            blocks.append(Block("bullets", items=[line.removeprefix("- ") for line in lines]))
        elif re.match(r"\d+\. ", first):
            items = [re.sub(r"^\d+\. ", "", line) for line in lines]
            blocks.append(Block("steps", items=items))
        else:
            blocks.append(Block("paragraph", " ".join(lines)))
    return blocks


def build_pdf(blocks: list[Block]) -> bytes:
    """Lay the blocks out on A4 pages, with an outline entry for each heading."""
    buffer = io.BytesIO()
    title = next(block.text for block in blocks if block.kind == "heading")
    template = _SampleTemplate(
        buffer, pagesize=A4, title=title, author=AUTHOR, lang="pt-BR", invariant=1,
        pageCompression=0, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=24 * mm,
        bottomMargin=22 * mm,
    )  # fmt: skip
    frame = Frame(
        template.leftMargin, template.bottomMargin, template.width, template.height,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    template.addPageTemplates(PageTemplate(frames=[frame], onPage=_draw_page_edges))
    template.build(_keep_lead_ins(blocks, [_flowable(block, template.width) for block in blocks]))
    return buffer.getvalue()


def build_docx(blocks: list[Block]) -> bytes:
    """Write the blocks with Word's own heading, list and table styles."""
    document = Document()
    _set_docx_styles(document)
    numbering = 0
    for block in blocks:
        if block.kind == "steps":
            numbering += 1
            _add_steps(document, block.items, restart=numbering > 1)
        else:
            _add_docx_block(document, block)
    properties = document.core_properties
    properties.title, properties.author = blocks[0].text, AUTHOR
    properties.language, properties.last_modified_by = "pt-BR", AUTHOR
    properties.comments = "Documento fictício, para demonstração."
    properties.created = properties.modified = BUILT_AT.replace(tzinfo=None)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def _same(name: str) -> bool:
    path = DOCUMENTS / name
    if not path.is_file():
        return False
    old, new = path.read_bytes(), build(name)
    return old == new if name.endswith(".pdf") else _members(old) == _members(new)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class _SampleTemplate(BaseDocTemplate):  # type: ignore[misc, unused-ignore]
    """A document whose headings become outline entries, so that readers can jump to them."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  (reportlab's name)
        level = getattr(flowable, "outline_level", None)
        if level is None:
            return
        self.headings = getattr(self, "headings", 0) + 1
        key = f"heading-{self.headings}"
        self.canv.bookmarkHorizontal(key, 0, self.frame._y + flowable.height)  # noqa: SLF001
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level=level, closed=False)


def _flowable(block: Block, width: float) -> Flowable:
    if block.kind == "heading":
        paragraph = Paragraph(_rich(block.text), _STYLES[f"h{block.level}"])
        paragraph.outline_level = block.level - 1
        return paragraph
    if block.kind == "table":
        return _pdf_table(block.rows, width)
    if block.kind in {"bullets", "steps"}:
        return _pdf_list(block)
    return Paragraph(_rich(block.text), _STYLES[block.kind])


def _keep_lead_ins(blocks: list[Block], flowables: list[Flowable]) -> list[Flowable]:
    """Keep a sentence that ends in a colon on the page of the list or table it announces."""
    story: list[Flowable] = []
    joined = False
    for (block, flowable), following in pairwise(
        [*zip(blocks, flowables, strict=True), (Block("end"), Spacer(0, 0))]
    ):
        if joined:
            story[-1] = KeepTogether([story[-1], flowable])
            joined = False
            continue
        if block.kind == "heading" and block.level > 1:
            story.append(CondPageBreak(35 * mm))
        story.append(flowable)
        joined = block.text.endswith(":") and following[0].kind in {"bullets", "steps", "table"}
    return story


def _pdf_list(block: Block) -> ListFlowable:
    items = [ListItem(Paragraph(_rich(item), _STYLES["item"])) for item in block.items]
    look: dict[str, Any] = {"bulletType": "bullet", "start": "•"}
    if block.kind == "steps":
        look = {"bulletType": "1", "start": 1, "bulletFormat": "%s."}
    return ListFlowable(
        items, leftIndent=16, bulletFontName="Helvetica", bulletFontSize=10.5, spaceAfter=8, **look
    )


def _pdf_table(rows: list[list[str]], width: float) -> Table:
    cells = [
        [Paragraph(_rich(cell), _STYLES["head" if not index else "cell"]) for cell in row]
        for index, row in enumerate(rows)
    ]
    columns = len(rows[0])
    longest = [max(len(row[column]) for row in rows) for column in range(columns)]
    shares = [min(max(length, 14), 42) for length in longest]
    table = Table(
        cells, colWidths=[width * share / sum(shares) for share in shares], repeatRows=1,
        spaceBefore=4, spaceAfter=10,
    )  # fmt: skip
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), BLUE),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor("#F3F6FB")]),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#C5D1E5")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def _draw_page_edges(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFillColor(BLUE)
    canvas.rect(0, A4[1] - 6 * mm, A4[0], 6 * mm, stroke=0, fill=1)
    canvas.setFillColor(GREY)
    canvas.setFont("Helvetica", 8.5)
    canvas.drawString(22 * mm, 12 * mm, "Instituto Exemplo (fictício), COGEP")
    canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, f"página {document.page}")
    canvas.restoreState()


def _rich(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))


def _style(name: str, **changes: Any) -> ParagraphStyle:
    base: dict[str, Any] = {
        "fontName": "Helvetica", "fontSize": 10.5, "leading": 15, "spaceAfter": 7,
        "textColor": colors.HexColor("#1B1B1B"),
    }  # fmt: skip
    return ParagraphStyle(name, **(base | changes))


_STYLES = {
    "h1": _style(
        "h1", fontName="Helvetica-Bold", fontSize=20, leading=25, textColor=BLUE, spaceAfter=8
    ),
    "h2": _style(
        "h2", fontName="Helvetica-Bold", fontSize=13.5, leading=18, textColor=BLUE, spaceBefore=10
    ),
    "h3": _style("h3", fontName="Helvetica-Bold", fontSize=11.5, leading=16, spaceBefore=6),
    "paragraph": _style("paragraph"),
    "notice": _style("notice", fontName="Helvetica-Oblique", fontSize=9.5, textColor=GREY),
    "item": _style("item", spaceAfter=3),
    "head": _style(
        "head", fontName="Helvetica-Bold", fontSize=9.5, leading=12, textColor=colors.white
    ),
    "cell": _style("cell", fontSize=9.5, leading=12.5),
}


def _set_docx_styles(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(7)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        style.font.color.rgb = RGBColor(0x13, 0x51, 0xB4)


def _add_docx_block(document: Any, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(block.text, level=block.level)
    elif block.kind == "bullets":
        for item in block.items:
            _add_runs(document.add_paragraph(style="List Bullet"), item)
    elif block.kind == "table":
        _add_docx_table(document, block.rows)
    else:
        paragraph = document.add_paragraph()
        _add_runs(paragraph, block.text)
        if block.kind == "notice":
            for run in paragraph.runs:
                run.italic = True
                run.font.size = Pt(9.5)


def _add_steps(document: Any, items: list[str], *, restart: bool) -> None:
    number_id = _new_numbering(document) if restart else None
    for item in items:
        paragraph = document.add_paragraph(style="List Number")
        if number_id is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = number_id
        _add_runs(paragraph, item)


def _new_numbering(document: Any) -> int:
    """Return a fresh list that counts from 1 again with the look of "List Number"."""
    numbering = document.part.numbering_part.numbering_definitions._numbering  # noqa: SLF001
    style_number = document.styles["List Number"].element.pPr.numPr.numId.val
    abstract_id = numbering.num_having_numId(style_number).abstractNumId.val
    number = numbering.add_num(abstract_id)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def _add_docx_table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for index, row in enumerate(rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = ""
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            _add_runs(paragraph, text)
        if index == 0:
            _repeat_on_each_page(table.rows[0])
    document.add_paragraph()


def _repeat_on_each_page(row: Any) -> None:
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(header)  # noqa: SLF001


def _add_runs(paragraph: Any, text: str) -> None:
    for index, piece in enumerate(re.split(r"\*\*", text)):
        if piece:
            paragraph.add_run(piece).bold = index % 2 == 1 or None


def _with_fixed_dates(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(_members(data).items()):
            info = zipfile.ZipInfo(name, date_time=BUILT_AT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
