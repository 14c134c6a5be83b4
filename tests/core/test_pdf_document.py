"""Documents that people print and keep, in Portuguese."""

import pypdfium2

from cogep_assist.core.pdf_document import render_pdf
from cogep_assist.core.pdf_parts import Facts, Grid, Heading, Words


def text_of(document: bytes) -> list[str]:
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()


def test_a_document_keeps_accents_marks_and_whatever_people_type() -> None:
    long = " ".join(["Conceição & <b>Müller</b>"] * 900)
    parts = [
        Heading("Ações e informações"),
        Facts([("Órgão", "Gestão de Pessoas — Brasília"), ("Vazio", "")]),
        Words("primeira linha\r\nsegunda\x07 linha\u202e"),
        Grid(["Código", "Descrição"], [["1", long], ["A" * 300, "fim"]], [1, 3]),
        Grid(["Nada"], []),
    ]
    made = render_pdf("Comprovante nº 1: ção", parts, footer="LGPD-2026-000001 á")
    assert made == render_pdf("Comprovante nº 1: ção", parts, footer="LGPD-2026-000001 á")
    pages = text_of(made)
    assert len(pages) > 1
    assert "Comprovante nº 1: ção" in pages[0]
    assert "Gestão de Pessoas — Brasília" in pages[0]
    assert "Conceição & <b>Müller</b>" in " ".join(pages[0].split())
    assert all("LGPD-2026-000001 á" in page for page in pages)
    assert f"página {len(pages)}" in pages[-1]
