"""Read PDF: text in reading order with pages and headings; scanned pages by OCR."""

import re
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.pdf_fields import bring_out, open_fields, tell_attachments
from cogep_assist.pipeline.parse.pdf_headings import find_headings
from cogep_assist.pipeline.parse.pdf_hyphens import Joiner
from cogep_assist.pipeline.parse.pdf_layout import Line, without_furniture
from cogep_assist.pipeline.parse.pdf_lines import read_lines
from cogep_assist.pipeline.parse.pdf_ocr import Ocr
from cogep_assist.pipeline.parse.pdf_paragraphs import Paragraph, paragraphs
from cogep_assist.pipeline.parse.table_telling import told_rows

MEDIA_TYPE = "application/pdf"
_FEW_CHARACTERS = 20
_MAX_OUTLINE = 20_000
_GENERATED_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel)\s*-\s*|untitled|sem t[ií]tulo|documento?\d*$"
    # What a library writes that nobody told a title.
    r"|\((?:anonymous|unspecified|none)\)$)",
    re.IGNORECASE,
)
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")


@dataclass
class _Page:
    number: int
    lines: list[Line]
    scanned: bool


def parse(data: bytes, context: ParseContext) -> ParsedDocument:
    """Return the text of a PDF; raises pdf_password, file_corrupt, ocr_unavailable and the like."""
    pdf = open_pdf(data)
    open_fields(pdf)
    version = getattr(pypdfium2, "PYPDFIUM_INFO", None)
    builder = DocumentBuilder(
        context.limits, media_type=MEDIA_TYPE, parser=f"pypdfium2 {version or ''}".strip()
    )
    count = len(pdf)
    if count > context.limits.max_pages:
        raise AppError("document_too_many_pages", pages=count, limit=context.limits.max_pages)
    if count < 1:
        raise AppError("file_corrupt")
    builder.page_count = count
    _add_metadata(pdf, builder)
    tell_attachments(pdf, builder)
    pages = [_read_page(pdf, index, builder) for index in range(count)]
    if all(page is None for page in pages):
        raise AppError("file_corrupt")
    readable = [page for page in pages if page is not None]
    if len(readable) < count:
        builder.warn("damaged_pages_skipped")
    _read_scanned(pdf, readable, builder, context)
    _add_text(pdf, readable, builder)
    return builder.build()


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """Open a PDF. Raises AppError("pdf_password"|"file_corrupt")."""
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise AppError("pdf_password") from error
        raise AppError("file_corrupt") from error


def _add_metadata(pdf: pypdfium2.PdfDocument, builder: DocumentBuilder) -> None:
    values = {key: clean_characters(value) for key, value in pdf.get_metadata_dict().items()}
    title = values.get("Title", "")
    if title and not _GENERATED_TITLE.match(title):
        builder.title = title
    builder.note("author", values.get("Author"))
    builder.note("subject", values.get("Subject"))
    builder.note("keywords", values.get("Keywords"))
    for key, name in (("CreationDate", "created_at"), ("ModDate", "modified_at")):
        found = _DATE.match(values.get(key, ""))
        if found:
            builder.note(name, "-".join(part for part in found.groups() if part))


def _read_page(pdf: pypdfium2.PdfDocument, index: int, builder: DocumentBuilder) -> _Page | None:
    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        is_form = bring_out(page)
        if is_form:
            page.close()
            page = pdf[index]
        lines, hidden = read_lines(page, is_form=is_form)
        if hidden:
            builder.warn("hidden_text_removed")
        scanned = not _has_words(lines) and _shows_something(page)
        return _Page(index + 1, lines, scanned)
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()


def _has_words(lines: list[Line]) -> bool:
    found = 0
    for line in lines:
        found += sum(map(str.isalnum, line.text))
        if found >= _FEW_CHARACTERS:
            return True
    return False


def _shows_something(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page without text holds a picture, or letters drawn as shapes."""
    count = raw.FPDFPage_CountObjects(page)
    images = paths = 0
    for index in range(min(count, 2_000)):
        kind = raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, index))
        images += kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
        paths += kind == raw.FPDF_PAGEOBJ_PATH
    return images > 0 or paths > 30


def _read_scanned(
    pdf: pypdfium2.PdfDocument,
    pages: list[_Page],
    builder: DocumentBuilder,
    context: ParseContext,
) -> None:
    scanned = [page for page in pages if page.scanned]
    if not scanned:
        return
    only_scans = all(page.scanned or not page.lines for page in pages)
    ocr = Ocr(context)
    if ocr.missing is not None:
        if only_scans:
            raise AppError("ocr_unavailable", reason=ocr.missing)
        builder.warn("scanned_pages_skipped")
        return
    if len(scanned) > context.limits.ocr_max_pages:
        raise AppError("ocr_too_many_pages", pages=len(scanned), limit=context.limits.ocr_max_pages)
    builder.parser += f", {ocr.version}"
    context.progress("ocr", 0, len(scanned))
    for done, page in enumerate(scanned, start=1):
        lines = ocr.read(pdf, page.number - 1)
        if lines is None:
            builder.warn("ocr_page_failed")
        elif lines:
            page.lines = lines
        context.progress("ocr", done, len(scanned))
    builder.note("ocr_pages", str(len(scanned)))
    if only_scans and not any(page.lines for page in pages):
        raise AppError("ocr_found_no_text")


def _add_text(pdf: pypdfium2.PdfDocument, pages: list[_Page], builder: DocumentBuilder) -> None:
    numbered = [(page.number, page.lines) for page in pages]
    kept = without_furniture(numbered)
    prose = [(number, [line for line in lines if line.row is None]) for number, lines in kept]
    headings = find_headings(_outline(pdf), prose)
    joiner = Joiner(text for _, lines in kept for line in lines for text in line.texts)
    for paragraph in paragraphs(kept, headings):
        if paragraph.rows:
            _add_table(paragraph, joiner, builder)
            continue
        text = joiner.join([line.text for line in paragraph.lines])
        builder.add(paragraph.kind, text, level=paragraph.level, page=paragraph.page)


def _add_table(table: Paragraph, joiner: Joiner, builder: DocumentBuilder) -> None:
    builder.separate()
    for told in told_rows(table.rows, joiner.join):
        builder.add(told.kind, told.text, page=table.pages[told.place])


def _outline(pdf: pypdfium2.PdfDocument) -> list[tuple[int, str, int]]:
    """Return (level, title, page) of the bookmarks; a looping or endless outline is cut."""
    entries: list[tuple[int, str, int]] = []
    try:
        for bookmark in pdf.get_toc(max_depth=8):
            target = bookmark.get_dest()
            index = target.get_index() if target is not None else None
            if index is not None and index >= 0:
                entries.append((bookmark.level + 1, bookmark.get_title(), index + 1))
            if len(entries) >= _MAX_OUTLINE:
                break
    except (pypdfium2.PdfiumError, ValueError, UnicodeDecodeError):
        return entries
    return entries
