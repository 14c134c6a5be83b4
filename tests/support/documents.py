"""Make real documents for the tests, in the formats that people send."""

import io
import struct
import zipfile
from collections.abc import Mapping

import docx
import openpyxl
import pptx
import pypdfium2
from odf import draw, opendocument, presentation, style, table, text
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas


def make_zip(members: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members into a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return buffer.getvalue()


def repack(data: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """Change, add or (None) drop members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        members = {name: container.read(name) for name in container.namelist()}
    kept = {
        name: content for name, content in {**members, **changes}.items() if content is not None
    }
    return make_zip(kept)


def make_docx(build: "object" = None) -> bytes:
    """Return a small DOCX about leave; `build(document)` may add to it."""
    document = docx.Document()
    document.core_properties.title = "Manual de férias"
    document.core_properties.author = "Conceição Araújo"
    document.add_heading("Férias", level=1)
    document.add_paragraph("O servidor tem direito a 30 dias de férias por ano.")
    document.add_heading("Como pedir", level=2)
    document.add_paragraph("Para pedir férias:")
    document.add_paragraph("Acesse o sistema", style="List Number")
    document.add_paragraph("Escolha o período", style="List Number")
    grid = document.add_table(rows=2, cols=2)
    for row, cells in enumerate((("Cargo", "Dias"), ("Analista", "30"))):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    if callable(build):
        build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def make_odt() -> bytes:
    """Return a small ODT with headings, a list, a table, hidden text and a note."""
    document = opendocument.OpenDocumentText()
    hidden = style.Style(name="oculto", family="text")
    hidden.addElement(style.TextProperties(display="none"))
    document.automaticstyles.addElement(hidden)
    document.text.addElement(text.H(outlinelevel=1, text="Licenças"))
    paragraph = text.P(text="A licença para capacitação dura ")
    paragraph.addElement(text.Span(stylename=hidden, text="SEGREDO"))
    paragraph.addText("até 90 dias.")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="Conforme a Lei nº 8.112."))
    note.addElement(body)
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    items = text.List()
    for words in ("Requerimento", "Plano de estudos"):
        item = text.ListItem()
        item.addElement(text.P(text=words))
        items.addElement(item)
    document.text.addElement(items)
    grid = table.Table(name="prazos")
    for cells in (("Licença", "Prazo"), ("Gestante", "120 dias")):
        row = table.TableRow()
        for cell in cells:
            holder = table.TableCell()
            holder.addElement(text.P(text=cell))
            row.addElement(holder)
        grid.addElement(row)
    document.text.addElement(grid)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def make_ods() -> bytes:
    """Return a workbook with a gap between its columns, dates, a switch and a hidden sheet."""
    workbook = opendocument.OpenDocumentSpreadsheet()
    hidden = style.Style(name="oculta", family="table")
    hidden.addElement(style.TableProperties(display="false"))
    workbook.automaticstyles.addElement(hidden)
    sheet = table.Table(name="Ramais")
    rows = (
        ("Nome", "Ramal", "Sala", "Ativo", "Admissão"),
        ("José Araújo", None, "12", True, None),
        ("Ana", "4321", None, None, "2024-03-05"),
    )
    for cells in rows:
        row = table.TableRow()
        for cell in cells:
            row.addElement(_ods_cell(cell))
        row.addElement(table.TableCell(numbercolumnsrepeated=16_000))
        sheet.addElement(row)
    secret = table.Table(name="Oculta", stylename=hidden)
    row = table.TableRow()
    row.addElement(_ods_cell("SEGREDO"))
    secret.addElement(row)
    workbook.spreadsheet.addElement(sheet)
    workbook.spreadsheet.addElement(secret)
    buffer = io.BytesIO()
    workbook.write(buffer)
    return buffer.getvalue()


def _ods_cell(value: object) -> table.TableCell:
    if isinstance(value, bool):
        cell, shown = table.TableCell(valuetype="boolean", booleanvalue=str(value).lower()), "TRUE"
    elif value and str(value)[:2] == "20":
        cell, shown = table.TableCell(valuetype="date", datevalue=str(value)), "3/5/24"
    else:
        cell, shown = table.TableCell(valuetype="string"), str(value or "")
    if shown:
        cell.addElement(text.P(text=shown))
    return cell


def make_odp() -> bytes:
    """Return a show of three slides: one with a list and notes, one hidden, one with a title."""
    show = opendocument.OpenDocumentPresentation()
    layout = style.PageLayout(name="folha")
    show.automaticstyles.addElement(layout)
    master = style.MasterPage(name="mestre", pagelayoutname=layout)
    show.masterstyles.addElement(master)
    hidden = style.Style(name="oculto", family="drawing-page")
    hidden.addElement(style.DrawingPageProperties(visibility="hidden"))
    show.automaticstyles.addElement(hidden)
    for title, look in (("Ponto eletrônico", None), ("SEGREDO", hidden), ("Jornada", None)):
        options = {"stylename": look} if look else {}
        slide = draw.Page(masterpagename=master, **options)
        slide.addElement(_odp_frame("title", text.P(text=title)))
        if title.startswith("Ponto"):
            items, item = text.List(), text.ListItem()
            item.addElement(text.P(text="São 40 horas semanais"))
            items.addElement(item)
            slide.addElement(_odp_frame("outline", items))
            notes = presentation.Notes()
            notes.addElement(_odp_frame("notes", text.P(text="Lembrar da compensação.")))
            slide.addElement(notes)
        show.presentation.addElement(slide)
    buffer = io.BytesIO()
    show.write(buffer)
    return buffer.getvalue()


def _odp_frame(role: str, inside: object) -> draw.Frame:
    frame = draw.Frame(width="10cm", height="2cm", **{"class": role})
    box = draw.TextBox()
    box.addElement(inside)
    frame.addElement(box)
    return frame


def make_xlsx(rows: list[list[object]] | None = None, *, sheet: str = "Ramais") -> bytes:
    """Return a workbook of one sheet."""
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = sheet
    for row in rows or [["Nome", "Ramal", "Setor"], ["José Conceição", 2101, "Férias"],
                        ["Márcia Brandão", 2102, "Licenças"]]:  # fmt: skip
        page.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def make_pptx() -> bytes:
    """Return a presentation of two slides, the second with a table and notes."""
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[0])
    first.shapes.title.text = "Ponto eletrônico"
    first.placeholders[1].text = "Orientações para a equipe"
    second = show.slides.add_slide(show.slide_layouts[1])
    second.shapes.title.text = "Jornada"
    second.placeholders[1].text = "São 40 horas semanais"
    grid = second.shapes.add_table(2, 2, 0, 0, 3_000_000, 1_000_000).table
    for row, cells in enumerate((("Turno", "Horas"), ("Manhã", "4"))):
        for column, cell in enumerate(cells):
            grid.cell(row, column).text = cell
    second.notes_slide.notes_text_frame.text = "Lembrar da compensação."
    buffer = io.BytesIO()
    show.save(buffer)
    return buffer.getvalue()


def make_pdf(pages: list[list[str]], *, title: str | None = None, size: int = 11) -> bytes:
    """Return a PDF with one line of text per entry, from the top of each page."""
    buffer = io.BytesIO()
    pdf = canvas.Canvas(buffer, pagesize=A4)
    if title:
        pdf.setTitle(title)
    for lines in pages:
        pdf.setFont("Helvetica", size)
        height = A4[1] - 72
        for line in lines:
            pdf.drawString(72, height, line)
            height -= size * 1.3
        pdf.showPage()
    pdf.save()
    return buffer.getvalue()


def make_scan(words: str = "COORDENAÇÃO DE GESTÃO DE PESSOAS") -> bytes:
    """Return a PDF that is only a photograph of its text."""
    source = pypdfium2.PdfDocument(make_pdf([[words, "Pedido de férias do servidor"]], size=20))
    picture = source[0].render(scale=2).to_pil()
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.drawImage(ImageReader(picture), 0, 0, *A4)
    page.save()
    return buffer.getvalue()


def make_compound(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file (OLE2) with these streams, each at least 4 KiB long."""
    bodies = [content.ljust(-(-max(len(content), 4096) // 512) * 512, b"\0")
              for content in streams.values()]  # fmt: skip
    folder_sectors = -(-(len(streams) + 1) // 4)
    chain = [0xFFFFFFFD, *range(2, folder_sectors + 1), 0xFFFFFFFE]
    entries = [_compound_entry("Root Entry", 5, child=1 if streams else 0xFFFFFFFF)]
    for number, (name, body) in enumerate(zip(streams, bodies, strict=True), start=1):
        after = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_compound_entry(name, 2, start=len(chain), size=len(body), right=after))
        chain += [*range(len(chain) + 1, len(chain) + len(body) // 512), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    folder = b"".join(entries).ljust(512 * folder_sectors, b"\0")
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    return (head + struct.pack("<I", 0)).ljust(512, b"\xff") + table + folder + b"".join(bodies)


def _compound_entry(
    name: str,
    kind: int,
    *,
    start: int = 0xFFFFFFFE,
    size: int = 0,
    right: int = 0xFFFFFFFF,
    child: int = 0xFFFFFFFF,
) -> bytes:
    letters = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII36xIQ", letters, len(letters) + 2, kind, 1, 0xFFFFFFFF, right, child, start, size
    )


def make_picture(
    kind: str = "PNG", *, words: str = "Pedido de férias do servidor", turned: bool = False
) -> bytes:
    """Return a picture of a text; ``turned``: as a telephone keeps it, to be shown upright."""
    source = pypdfium2.PdfDocument(make_pdf([[words]], size=20))
    picture = source[0].render(scale=1.5).to_pil().crop((0, 0, 900, 300))
    options: dict[str, object] = {}
    if turned:
        picture = picture.rotate(90, expand=True)
        options["exif"] = Image.Exif()
        options["exif"][0x112] = 6
    buffer = io.BytesIO()
    if kind == "TIFF":
        options |= {"save_all": True, "append_images": [picture]}
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def make_eml(
    body: str = "", *, html: str = "", attachment: str = "", subject: str = "Férias"
) -> bytes:
    """Return a message from Ana to Bruno."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "Ana Conceição <ana@exemplo.gov.br>"
    message["To"] = "bruno@exemplo.gov.br"
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 -0300"
    message["Message-ID"] = "<1@exemplo.gov.br>"
    message.set_content(body or "texto")
    if html:
        message.add_alternative(html, subtype="html")
    if attachment:
        message.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename=attachment
        )
    return message.as_bytes()
