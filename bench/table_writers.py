# ruff: noqa: E501, SLF001
"""Write a subject as a file of each format that organisations send, as its programs would."""

import csv
import io
from collections.abc import Callable
from email.message import EmailMessage
from html import escape

import docx
import openpyxl
from docx.oxml import OxmlElement
from odf import table as odf_table
from odf.opendocument import OpenDocumentText
from odf.text import H, P
from pptx import Presentation
from pptx.util import Inches

from table_subjects import Subject, Tabled

# Rows of a slide; what is more goes on with the next.
SLIDE_ROWS = 9
Span = tuple[int, int, int, int, str]


def spans(rows: list[list[str]]) -> list[Span]:
    """Return row, column, height, width and text of each cell that begins somewhere."""
    told = []
    for top, row in enumerate(rows):
        for left, text in enumerate(row):
            if text in ("^", "<"):
                continue
            width = 1
            while left + width < len(row) and row[left + width] == "<":
                width += 1
            height = 1
            while top + height < len(rows) and rows[top + height][left] == "^":
                height += 1
            told.append((top, left, height, width, text))
    return told


def with_heads_again(table: Tabled) -> list[list[str]]:
    """Return the rows with the head said again as often as the table does."""
    if not table.again_after:
        return table.rows
    head, body = table.rows[: table.head_rows], table.rows[table.head_rows :]
    told: list[list[str]] = []
    for start in range(0, len(body), table.again_after):
        told += head + body[start : start + table.again_after]
    return told


def as_html(subject: Subject) -> bytes:
    """Return a page."""
    parts = [f"<h1>{escape(subject.title)}</h1><p>{escape(subject.before)}</p>"]
    parts += [html_table(table) for table in subject.tables]
    parts.append(f"<p>{escape(subject.after)}</p>")
    body = "\n".join(parts)
    return (f"<!doctype html><html lang=pt-BR><head><meta charset=utf-8><title>"
            f"{escape(subject.title)}</title></head><body><main>{body}</main></body></html>"
            ).encode()  # fmt: skip


def html_table(table: Tabled) -> str:
    """Return the markup of a table and of what is under it."""
    rows = with_heads_again(table)
    lines = [f"<caption>{escape(table.caption)}</caption>"] if table.caption else []
    begun: dict[int, list[str]] = {number: [] for number in range(len(rows))}
    heads = table.rows[: table.head_rows]
    for top, left, height, width, text in spans(rows):
        is_head = table.marked and (rows[top] in heads or (table.row_heads and left == 0))
        tag = "th" if is_head else "td"
        over = f' rowspan="{height}"' * (height > 1) + f' colspan="{width}"' * (width > 1)
        begun[top].append(f"<{tag}{over}>{escape(text)}</{tag}>")
    lines += [f"<tr>{''.join(made)}</tr>" for made in begun.values()]
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return f"<table>{''.join(lines)}</table>{note}"


def as_eml(subject: Subject) -> bytes:
    """Return a letter whose body is HTML alone, as mail programs of offices write it."""
    message = EmailMessage()
    message["Subject"] = subject.title
    message["From"] = "Secretaria <secretaria@aurora.br>"
    message["To"] = "todos@aurora.br"
    message["Date"] = "Mon, 03 Feb 2031 09:00:00 -0300"
    inner = "".join(html_table(table) for table in subject.tables).replace(
        "<td", '<td style="border:1px solid"'
    )
    message.set_content(
        f"<html><body><table width=600><tr><td><p>Prezados,</p><p>{escape(subject.before)}</p>"
        f"{inner}<p>Atenciosamente,<br>Secretaria</p></td></tr></table></body></html>",
        subtype="html",
    )
    return message.as_bytes()


def as_docx(subject: Subject) -> bytes:
    """Return a text of Word."""
    written = docx.Document()
    written.core_properties.title = subject.title
    written.add_heading(subject.title, 1)
    written.add_paragraph(subject.before)
    for each in subject.tables:
        if each.caption:
            written.add_paragraph(each.caption, style="Caption")
        _docx_table(written, each)
        if each.note:
            written.add_paragraph(each.note)
    written.add_paragraph(subject.after)
    return _saved(written.save)


def _docx_table(written: "docx.document.Document", each: Tabled) -> None:
    rows = with_heads_again(each)
    table = written.add_table(rows=len(rows), cols=len(rows[0]))
    table.style = "Table Grid"
    for top, left, height, width, text in spans(rows):
        cell = table.cell(top, left)
        if height > 1 or width > 1:
            cell = cell.merge(table.cell(top + height - 1, left + width - 1))
        cell.text = text
    if each.marked:
        for row in table.rows[: each.head_rows]:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def as_odt(subject: Subject) -> bytes:
    """Return a text of LibreOffice."""
    written = OpenDocumentText()
    written.text.addElement(H(outlinelevel=1, text=subject.title))
    written.text.addElement(P(text=subject.before))
    for each in subject.tables:
        if each.caption:
            written.text.addElement(P(text=each.caption))
        written.text.addElement(_odt_table(each))
        if each.note:
            written.text.addElement(P(text=each.note))
    written.text.addElement(P(text=subject.after))
    return _saved(written.write)


def _odt_table(each: Tabled) -> odf_table.Table:
    rows = with_heads_again(each)
    begun = {(top, left): span for span in spans(rows) for top, left in [span[:2]]}
    table = odf_table.Table(name="Tabela1")
    table.addElement(odf_table.TableColumn(numbercolumnsrepeated=len(rows[0])))
    head = odf_table.TableHeaderRows()
    if each.marked and each.head_rows:
        table.addElement(head)
    for top, row in enumerate(rows):
        made = odf_table.TableRow()
        for left in range(len(row)):
            span = begun.get((top, left))
            if span is None:
                made.addElement(odf_table.CoveredTableCell())
                continue
            cell = odf_table.TableCell(numberrowsspanned=span[2], numbercolumnsspanned=span[3])
            cell.addElement(P(text=span[4]))
            made.addElement(cell)
        (head if each.marked and top < each.head_rows else table).addElement(made)
    return table


def as_pptx(subject: Subject) -> bytes:
    """Return slides; a table that is long goes on over slides, its head on each of them."""
    written = Presentation()
    first = written.slides.add_slide(written.slide_layouts[1])
    first.shapes.title.text = subject.title
    first.placeholders[1].text = subject.before
    for each in subject.tables:
        head, body = each.rows[: each.head_rows], each.rows[each.head_rows :]
        step = len(body) if any("^" in row for row in body) else SLIDE_ROWS
        for start in range(0, len(body), step):
            _slide(written, subject, each, head + body[start : start + step])
    return _saved(written.save)


def _slide(written: "object", subject: Subject, each: Tabled, rows: list[list[str]]) -> None:
    slide = written.slides.add_slide(written.slide_layouts[5])
    slide.shapes.title.text = each.caption or subject.title
    frame = slide.shapes.add_table(
        len(rows), len(rows[0]), Inches(0.5), Inches(1.6), Inches(9), Inches(4)
    )
    table = frame.table
    table.first_row = each.marked and each.head_rows > 0
    table.first_col = each.row_heads
    for top, left, height, width, text in spans(rows):
        cell = table.cell(top, left)
        if height > 1 or width > 1:
            cell.merge(table.cell(top + height - 1, left + width - 1))
        cell.text = text
    if each.note:
        box = slide.shapes.add_textbox(Inches(0.5), Inches(6.5), Inches(9), Inches(0.5))
        box.text_frame.text = each.note


def as_xlsx(subject: Subject) -> bytes:
    """Return a workbook: a title over the tables, which stand one under the other."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Planilha1"
    sheet.append([subject.title])
    at = 3
    for each in subject.tables:
        if each.caption:
            sheet.cell(at, 1, each.caption)
            at += 1
        rows = with_heads_again(each)
        for top, left, height, width, text in spans(rows):
            sheet.cell(at + top, left + 1, text or None)
            if height > 1 or width > 1:
                sheet.merge_cells(start_row=at + top, start_column=left + 1,
                                  end_row=at + top + height - 1, end_column=left + width)  # fmt: skip
        at += len(rows)
        if each.note:
            sheet.cell(at, 1, each.note)
        at += 2
    return _saved(book.save)


def as_csv(subject: Subject) -> bytes:
    """Return what a spreadsheet saves as text in Brazil: semicolons, cp1252, a title on top."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    width = len(subject.tables[0].rows[0])
    writer.writerow([subject.title, *[""] * (width - 1)])
    for each in subject.tables:
        if each.caption:
            writer.writerow([each.caption, *[""] * (width - 1)])
        writer.writerows(_plain(with_heads_again(each)))
        if each.note:
            writer.writerow([each.note, *[""] * (width - 1)])
        writer.writerow([""] * width)
    return out.getvalue().encode("cp1252", "replace")


def as_md(subject: Subject) -> bytes:
    """Return Markdown, whose tables have one row of heads and no merged cells."""
    lines = [f"# {subject.title}", "", subject.before, ""]
    for each in subject.tables:
        lines += [each.caption, ""] if each.caption else []
        rows = _plain(each.rows)
        if not each.head_rows:
            rows = [[""] * len(rows[0]), *rows]
        lines += [f"| {' | '.join(rows[0])} |", "|" + " --- |" * len(rows[0])]
        lines += [f"| {' | '.join(row)} |" for row in rows[1:]]
        lines += ["", each.note, ""]
    return "\n".join([*lines, subject.after, ""]).encode()


def _plain(rows: list[list[str]]) -> list[list[str]]:
    return [["" if cell in ("^", "<") else cell for cell in row] for row in rows]


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Subject], bytes]] = {
    "html": as_html, "eml": as_eml, "docx": as_docx, "odt": as_odt, "pptx": as_pptx,
    "xlsx": as_xlsx, "csv": as_csv, "md": as_md,
}  # fmt: skip
