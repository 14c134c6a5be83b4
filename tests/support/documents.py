"""Make real documents for the tests, in the formats that people send."""

import io
import zipfile
from collections.abc import Mapping

import docx
import openpyxl
import pptx
import pypdfium2
from odf import opendocument, style, table, text
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
