"""What was filled in on a PDF's form, stamped or written on its pages, as their reader sees it."""

import pypdfium2
from pypdfium2 import raw

from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.clean import one_line
from cogep_assist.pipeline.parse.pdf_layout import Line

_MAX_ANNOTATIONS = 2_000
_MAX_ATTACHMENTS = 50
_WITH_WORDS = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP)


def open_fields(pdf: pypdfium2.PdfDocument) -> None:
    """Have the values of a form drawn that the file holds without their looks."""
    if pdf.get_formtype() != raw.FORMTYPE_NONE:
        pdf.init_forms()


def bring_out(page: pypdfium2.PdfPage) -> bool:
    """Make fields and stamps part of what a page shows; tell whether it has to be loaded anew.

    Those that are hidden stay out.
    """
    count = min(raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)
    if not any(_has_words(page, index) for index in range(count)):
        return False
    return bool(raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS)


def by_rows(fragments: list[Line]) -> list[list[Line]]:
    """Put the pieces of a form into rows: a value stands beside its label, wherever it is kept."""
    ordered = sorted(fragments, key=lambda piece: -(piece.bottom + piece.top))
    rows: list[list[Line]] = []
    for piece in ordered:
        if rows and _beside(rows[-1][0], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _beside(one: Line, other: Line) -> bool:
    """Tell whether two pieces share a third of the lower one's height."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > min(one.top - one.bottom, other.top - other.bottom) / 3


def tell_attachments(pdf: pypdfium2.PdfDocument, builder: DocumentBuilder) -> None:
    """Name the files that a PDF carries: they are documents of their own, and are not read."""
    count = pdf.count_attachments()
    if not count:
        return
    builder.warn("attachments_not_read")
    names = []
    for index in range(min(count, _MAX_ATTACHMENTS)):
        try:
            names.append(one_line(pdf.get_attachment(index).get_name())[:200])
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            continue
    builder.note("attachments", ", ".join(name for name in names if name))


def _has_words(page: pypdfium2.PdfPage, index: int) -> bool:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return False
    try:
        return raw.FPDFAnnot_GetSubtype(annotation) in _WITH_WORDS
    finally:
        raw.FPDFPage_CloseAnnot(annotation)
