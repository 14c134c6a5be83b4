"""Read DOCX: body, lists, tables and notes, as a reader of the document sees them."""

from collections.abc import Iterator

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.docx_continued import TableAbove, told_below
from cogep_assist.pipeline.parse.docx_paper import Paper
from cogep_assist.pipeline.parse.docx_styles import Numbering, Styles, is_on
from cogep_assist.pipeline.parse.docx_table import DocxTable
from cogep_assist.pipeline.parse.office_properties import add_core_properties
from cogep_assist.pipeline.parse.raised import read_raised
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WRAPPERS_TEXT = """
sdt sdtContent smartTag customXml ins moveTo hyperlink fldSimple dir bdo ruby rubyBase
"""
_WRAPPERS = frozenset(_WRAPPERS_TEXT.split())
_TEXT_BOXES = frozenset({"pict", "drawing", "AlternateContent", "object"})


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a Word document."""
    container = Container(data, context.limits)
    builder = DocumentBuilder(context.limits, media_type=MEDIA_TYPE, parser="docx 1")
    root = parse_xml(container.read(_main_part(container)))
    body = first(root, "body")
    if body is None:
        raise AppError("file_corrupt")
    add_core_properties(container, builder)
    reader = _Reader(container, builder, root)
    reader.read(body)
    reader.add_notes()
    return builder.build()


def _main_part(container: Container) -> str:
    if "word/document.xml" in container:
        return "word/document.xml"
    for name in container.names:
        if name.startswith("word/document") and name.endswith(".xml"):
            return name
    raise AppError("file_corrupt")


class _Reader:
    def __init__(
        self, container: Container, builder: DocumentBuilder, root: etree._Element
    ) -> None:
        self._container = container
        self._builder = builder
        self._styles = Styles(container.read_if_there("word/styles.xml"))
        settings = container.read_if_there("word/settings.xml") or b""
        shows_page = b"displayBackgroundShape" in settings
        self._paper = Paper(root, self._styles.by_id, shows_page=shows_page)
        self._numbering = Numbering(container.read_if_there("word/numbering.xml"))
        self._notes: list[tuple[str, str]] = []
        self._in_list = False
        # The table right above, which another one may go on with.
        self._above: TableAbove | None = None
        builder.language = builder.language or self._styles.language

    def read(self, container: etree._Element) -> None:
        """Add every paragraph and table below an element, in order."""
        for element in _block_elements(container):
            if local(element) == "p":
                self._paragraph(element)
            else:
                self._table(element)

    def add_notes(self) -> None:
        """Add the foot and end notes that the text refers to, after it."""
        notes, self._notes = self._notes, []
        parts = {kind: self._note_part(kind) for kind in ("footnote", "endnote")}
        for kind, number in notes:
            note = parts[kind].get(number)
            if note is not None:
                text = "\n".join(self._text(p) for p in note.iter() if local(p) == "p")
                self._builder.add("paragraph", text)

    def _note_part(self, kind: str) -> dict[str, etree._Element]:
        data = self._container.read_if_there(f"word/{kind}s.xml")
        if data is None:
            return {}
        return {attribute(note, "id") or "": note for note in children(parse_xml(data), kind)}

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = first(paragraph, "pPr")
        text = self._text(paragraph)
        if text.strip():
            self._above = None
            level = self._styles.heading_level(properties)
            label = self._numbering.label(properties, self._styles)
            if level:
                self._builder.add("heading", f"{label or ''} {text}", level=level)
                self._in_list = False
            elif label is not None:
                if not self._in_list:
                    self._builder.separate()
                self._builder.add("list_item", f"{label} {text}")
                self._in_list = True
            else:
                kind = "quote" if self._styles.is_quote(properties) else "paragraph"
                self._builder.add(kind, text)
                self._in_list = False
        for box in _text_boxes(paragraph):
            self.read(box)

    def _table(self, table: etree._Element) -> None:
        self._in_list = False
        rows = list(_rows(table))
        if not rows:
            return
        if len(rows) == 1 and len(list(_cells(rows[0]))) == 1:
            # A table of one cell is a frame around text.
            self.read(next(_cells(rows[0])))
            return
        self._builder.separate()
        nested: list[etree._Element] = []
        whole = DocxTable()
        for row in rows:
            whole.add(row, [(cell, self._cell_text(cell, nested)) for cell in _cells(row)])
        lines, self._above = told_below(table, whole.rows(), self._above)
        for told in lines:
            self._builder.add(told.kind, told.text)
        for inner in nested:
            self._above = None
            self._table(inner)

    def _cell_text(self, cell: etree._Element, nested: list[etree._Element]) -> str:
        lines = []
        for element in _block_elements(cell):
            if local(element) == "tbl":
                nested.append(element)
            else:
                lines.append(self._text(element))
        return " ".join(line for line in lines if line.strip())

    def _text(self, paragraph: etree._Element) -> str:
        parts: list[str] = []
        self._collect(paragraph, parts, _Field())
        return "".join(parts)

    def _collect(self, element: etree._Element, parts: list[str], field: "_Field") -> None:
        for child in element:
            name = local(child)
            if name == "r":
                self._run(child, parts, field)
            elif name in _WRAPPERS:
                self._collect(child, parts, field)
            elif name in ("oMath", "oMathPara"):
                parts.append("".join(t.text or "" for t in child.iter() if local(t) == "t"))

    def _run(self, run: etree._Element, parts: list[str], field: "_Field") -> None:
        properties = first(run, "rPr")
        if self._styles.hides(properties) or self._paper.hides(run):
            self._builder.warn("hidden_text_removed")
            return
        if is_on(properties, "strike") or is_on(properties, "dstrike"):
            self._builder.warn("struck_text_removed")
            return
        for piece in run:
            name = local(piece)
            if name == "fldChar":
                field.step(attribute(piece, "fldCharType"))
            elif field.in_code:
                continue
            elif name == "t":
                parts.append(_raised(properties, piece.text or "", parts))
            elif name in ("tab", "ptab"):
                parts.append("\t")
            elif name in ("br", "cr"):
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "sym":
                parts.append(_symbol(piece))
            elif name in ("footnoteReference", "endnoteReference"):
                self._notes.append((name.removesuffix("Reference"), attribute(piece, "id") or ""))


class _Field:
    """Follow a field through its runs: its code is an instruction, its result is text."""

    def __init__(self) -> None:
        self._stack: list[bool] = []

    @property
    def in_code(self) -> bool:
        return any(self._stack)

    def step(self, kind: str | None) -> None:
        if kind == "begin":
            self._stack.append(True)
        elif kind == "separate" and self._stack:
            self._stack[-1] = False
        elif kind == "end" and self._stack:
            self._stack.pop()


def _block_elements(container: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables of a body or cell, looking through content controls."""
    waiting = [iter(container)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif local(child) in ("p", "tbl"):
            yield child
        elif local(child) in _WRAPPERS:
            waiting.append(iter(child))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if local(child) == "tr":
            properties = first(child, "trPr")
            if properties is None or first(properties, "del") is None:
                yield child
        elif local(child) in _WRAPPERS:
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if local(child) == "tc":
            yield child
        elif local(child) in _WRAPPERS:
            yield from _cells(child)


def _text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Yield the text boxes anchored in a paragraph; of two alternatives only the first."""
    for run in paragraph.iter():
        if local(run) in _TEXT_BOXES and local(run.getparent()) == "r":  # type: ignore[arg-type]
            chosen = first(run, "Choice") if local(run) == "AlternateContent" else run
            if chosen is not None:
                yield from (
                    box
                    for box in chosen.iter()
                    if local(box) == "txbxContent" and not _within_box(box, chosen)
                )


def _within_box(box: etree._Element, top: etree._Element) -> bool:
    for ancestor in box.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) in ("txbxContent", "Fallback"):
            return True
    return False


def _raised(properties: etree._Element | None, text: str, parts: list[str]) -> str:
    """Return a run's text; small raised letters as what they mean behind what stands before.

    Word has footnotes of its own, so that a raised number behind a word is kept.
    """
    place = None if properties is None else first(properties, "vertAlign")
    if place is None or attribute(place, "val") != "superscript":
        return text
    return read_raised(text, "".join(parts[-3:]), notes=False)


def _symbol(element: etree._Element) -> str:
    try:
        return chr(int(attribute(element, "char") or "", 16))
    except (ValueError, OverflowError):
        return ""
