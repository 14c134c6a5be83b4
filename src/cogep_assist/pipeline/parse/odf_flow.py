"""The flow of an OpenDocument body: paragraphs, lists, tables and notes, as a reader sees them."""

from collections.abc import Iterable, Iterator

from lxml import etree

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.html_flow import number_as
from cogep_assist.pipeline.parse.odt_styles import OdtStyles
from cogep_assist.pipeline.parse.office_properties import add_core_properties
from cogep_assist.pipeline.parse.table_model import Cell, Row
from cogep_assist.pipeline.parse.table_writing import MAX_COLUMNS, TableWriter, cell_of
from cogep_assist.pipeline.parse.xml_safe import attribute, children, first, local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

_SILENT = frozenset(
    ("tracked-changes", "annotation", "annotation-end", "forms", "sequence-decls", "title", "desc")
)
_MAX_REPEATS = 200


def open_body(
    data: bytes, context: ParseContext, kind: str, *, media_type: str, parser: str
) -> tuple[etree._Element, OdtStyles, DocumentBuilder]:
    """Open an OpenDocument file and return its body of a kind ("text", "spreadsheet" ...).

    Raises AppError file_password, file_corrupt, xml_unsafe and those of the container.
    """
    container = Container(data, context.limits)
    manifest = container.read_if_there("META-INF/manifest.xml") or b""
    if b"encryption-data" in manifest:
        raise AppError("file_password")
    builder = DocumentBuilder(context.limits, media_type=media_type, parser=parser)
    root = parse_xml(container.read("content.xml"))
    body = first(root, "body")
    inside = first(body, kind) if body is not None else None
    if inside is None:
        raise AppError("file_corrupt")
    add_core_properties(container, builder, "meta.xml")
    named = container.read_if_there("styles.xml")
    styles = OdtStyles([root, *([parse_xml(named, required=False)] if named else [])])
    builder.language = builder.language or styles.language
    return inside, styles, builder


class OdfFlow:
    """Add what stands below an element to a document, on the page that is set (slides have one)."""

    def __init__(self, builder: DocumentBuilder, styles: OdtStyles) -> None:
        self.page: int | None = None
        self._builder = builder
        self._styles = styles
        self._notes: list[etree._Element] = []

    def read(self, container: Iterable[etree._Element]) -> None:
        """Add every block below an element, in order."""
        for element in container:
            name = local(element)
            if name in _SILENT or attribute(element, "display") == "none":
                continue
            if name == "h":
                if self.sees(element):
                    self._add("heading", self.text(element), _level(element))
            elif name == "p":
                self._paragraph(element, "paragraph")
            elif name == "list":
                self._builder.separate()
                self._list(element, 1, attribute(element, "style-name"))
            elif name == "table":
                self._table(element)
            else:
                self.read(element)

    def add_notes(self) -> None:
        """Add the notes that the text refers to, after it."""
        notes, self._notes = self._notes, []
        for note in notes:
            body = first(note, "note-body")
            if body is not None:
                self.read(body)

    def _add(self, kind: str, text: str, level: int = 0) -> None:
        self._builder.add(kind, text, level=level, page=self.page)

    def sees(self, element: etree._Element) -> bool:
        """Tell whether a reader sees the text of a span, paragraph or cell; warns where not."""
        styles, name = self._styles, attribute(element, "style-name")
        # Slides have backgrounds of every kind: white says nothing there.
        pale = self.page is None and styles.is_pale(name)
        if styles.hides(name) or (pale and not self._is_shaded(element)):
            if any(str(part).strip() for part in element.itertext()):
                self._builder.warn("hidden_text_removed")
            return False
        return True

    def _is_shaded(self, element: etree._Element) -> bool:
        around = (element, *element.iterancestors())
        return any(self._styles.shades(attribute(place, "style-name")) for place in around)

    def _paragraph(self, element: etree._Element, kind: str, marker: str = "") -> None:
        if not self.sees(element):
            return
        level = self._styles.heading_level(attribute(element, "style-name"))
        text = self.text(element)
        if level and kind == "paragraph":
            self._add("heading", text, level)
        else:
            self._add(kind, f"{marker} {text}" if text.strip() else "")
        self._read_frames(element)

    def _read_frames(self, element: etree._Element) -> None:
        for frame in element.iter():
            if local(frame) == "text-box":
                self.read(frame)

    def _list(self, element: etree._Element, depth: int, style: str | None) -> None:
        number = self._styles.list_start(style, depth)
        for item in children(element, "list-header", "list-item"):
            marker = ""
            shape = self._styles.list_shape(style, depth)
            if shape and local(item) == "list-item":
                marker = f"{shape[0]}{number_as(number, shape[1])}{shape[2]}".strip()
                number += 1
            for child in item:
                name = local(child)
                if name == "list":
                    self._list(child, min(depth + 1, 10), attribute(child, "style-name") or style)
                elif name == "p":
                    self._paragraph(child, "list_item", marker)
                    marker = ""
                elif name == "h":
                    text = f"{marker} {self.text(child)}"
                    self._add("heading", text, _level(child))

    def _table(self, table: etree._Element) -> None:
        writer = TableWriter(self._builder, page=self.page)
        nested: list[etree._Element] = []
        for row in table.iter():
            if local(row) != "table-row" or _table_of(row) is not table:
                continue
            parent = row.getparent()
            heads = parent is not None and local(parent) == "table-header-rows"
            cells = tuple(self._cells(row, nested))
            # Of two columns every table is given a head by the program, if it has one or not.
            writer.add(Row(cells, heads and sum(cell.columns for cell in cells) > 2))
        writer.finish()
        for inner in nested:
            self._table(inner)

    def _cells(self, row: etree._Element, nested: list[etree._Element]) -> Iterator[Cell]:
        column = 0
        for cell in children(row, "table-cell", "covered-table-cell"):
            seen = local(cell) == "table-cell"
            text = self._cell_text(cell, nested) if seen else ""
            count = _count(cell, "number-columns-repeated")
            if text:
                columns, rows = (
                    _count(cell, f"number-{way}-spanned") for way in ("columns", "rows")
                )
                for _ in range(min(count, _MAX_REPEATS, MAX_COLUMNS - column)):
                    yield cell_of(text, column, columns=columns, rows=rows)
                    column += 1
            else:
                column += count
            if column >= MAX_COLUMNS:
                return

    def _cell_text(self, cell: etree._Element, nested: list[etree._Element]) -> str:
        lines: list[str] = []
        waiting = list(cell)[::-1]
        while waiting:
            element = waiting.pop()
            name = local(element)
            if name in ("p", "h"):
                lines.append(self.text(element))
            elif name == "table":
                nested.append(element)
            elif name not in _SILENT:
                waiting.extend(list(element)[::-1])
        return " ".join(line for line in lines if line.strip())

    def text(self, element: etree._Element) -> str:
        """Return the words of a paragraph or heading as they are shown."""
        parts: list[str] = [element.text or ""]
        for child in element:
            parts.append(self._inline(child))
            parts.append(child.tail or "")
        return "".join(parts)

    def _inline(self, element: etree._Element) -> str:
        name = local(element)
        if name == "s":
            count = attribute(element, "c") or "1"
            return " " * (min(int(count), 100) if count.isdecimal() and len(count) < 5 else 1)
        if name == "tab":
            return "\t"
        if name == "line-break":
            return "\n"
        if name == "note":
            self._notes.append(element)
            return ""
        if name in _SILENT or name in ("frame", "bookmark-start", "bookmark-end", "hidden-text"):
            return ""
        style = attribute(element, "style-name")
        if name == "span" and not self.sees(element):
            return ""
        if name == "span" and self._styles.strikes(style):
            self._builder.warn("struck_text_removed")
            return ""
        return self.text(element)


def _table_of(row: etree._Element) -> etree._Element | None:
    for ancestor in row.iterancestors():
        if local(ancestor) == "table":
            return ancestor
    return None


def _count(cell: etree._Element, name: str) -> int:
    told = attribute(cell, name) or "1"
    return max(1, int(told)) if told.isdecimal() and len(told) < 6 else 1


def _level(heading: etree._Element) -> int:
    level = attribute(heading, "outline-level") or "1"
    return min(6, max(1, int(level))) if level.isdecimal() and len(level) < 3 else 1
