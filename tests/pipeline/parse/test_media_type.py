import pytest
from documents import (
    make_compound,
    make_docx,
    make_eml,
    make_odp,
    make_ods,
    make_odt,
    make_pdf,
    make_picture,
    make_pptx,
    make_xlsx,
    make_zip,
    repack,
)

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.media_type import accepts_name, detect

_HTML = b"<!DOCTYPE html><html><body><p>Ol\xc3\xa1</p></body></html>"


@pytest.mark.parametrize(
    ("data", "name", "declared", "found"),
    [
        (_HTML, None, None, "text/html"),
        (_HTML, "relatorio.pdf", "application/pdf", "text/html"),
        (b"\xef\xbb\xbf\n <html lang=pt>", None, "text/plain", "text/html"),
        (make_pdf([["oi"]]), "pagina.html", "text/html", "application/pdf"),
        ("Nome;Ramal\nJosé;1\n".encode(), "ramais.csv", None, "text/csv"),
        (b"a,b\n1,2\n", None, "text/csv; charset=utf-8", "text/csv"),
        ("# Férias".encode(), "ferias.md", "text/plain", "text/markdown"),
        ("Férias de José".encode("cp1252"), "ferias.txt", None, "text/plain"),
        ("Férias".encode("utf-16"), None, None, "text/plain"),
        (b"sem nome nem tipo", None, "application/octet-stream", "text/plain"),
        (make_eml("corpo"), None, None, "message/rfc822"),
        (rb"{\rtf1 ol\'e1}", "carta.doc", "application/msword", "application/rtf"),
        (b"<html><table><tr><td>1", "tabela.xls", "application/vnd.ms-excel", "text/html"),
        (make_compound({"WordDocument": b""}), "carta.docx", None, "application/msword"),
        (make_compound({"Workbook": b""}), None, None, "application/vnd.ms-excel"),
        (make_picture("JPEG"), "foto.png", "image/png", "image/jpeg"),
        (make_picture("BMP"), None, None, "image/bmp"),
        (b"BM, sigla de um banco, em texto comum", "siglas.txt", None, "text/plain"),
        (b"MZ e outras siglas em texto comum", "siglas.txt", None, "text/plain"),
    ],
)
def test_content_decides_then_the_name_then_the_label(
    data: bytes, name: str | None, declared: str | None, found: str
) -> None:
    assert detect(data, name=name, declared=declared) == found


@pytest.mark.parametrize(
    ("make", "ending"),
    [
        (make_docx, "wordprocessingml.document"),
        (make_odt, "opendocument.text"),
        (make_ods, "opendocument.spreadsheet"),
        (make_odp, "opendocument.presentation"),
        (make_xlsx, "spreadsheetml.sheet"),
        (make_pptx, "presentationml.presentation"),
    ],
)
def test_office_files_are_told_apart_whatever_they_are_called(make, ending: str) -> None:
    data = make()
    assert detect(data, name="dados.zip", declared="application/zip").endswith(ending)
    assert detect(data[: len(data) // 2], name=None, declared=None)


def test_free_office_files_that_were_packed_anew_are_what_they_say() -> None:
    for make, ending in ((make_ods, ".spreadsheet"), (make_odp, ".presentation")):
        assert detect(repack(make(), {}), name="a.zip", declared=None).endswith(ending)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (bytes(4) + b"ftypheic" + bytes(50), "JPEG"),
        (b"\x1f\x8b\x08" + bytes(50), "descompacte"),
        (make_zip({"a.txt": "a"}), "descompacte"),
        (b"MZ\x90" + bytes(500), "texto"),
        (make_compound({"PowerPoint Document": b""}), "PPTX"),
        (make_compound({"__substg1.0_0037001F": b""}), "EML"),
        (make_compound({"Contents": b""}), "DOCX"),
        (make_zip({"mimetype": "application/vnd.oasis.opendocument.graphics"}, 0), "PDF"),
        (b"<?xml version='1.0'?><dados><a>1</a></dados>", "CSV"),
        (bytes(range(256)) * 20, "PDF"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(AppError) as caught:
        detect(data, name="arquivo", declared=None)
    assert caught.value.code == "unsupported_media_type"
    assert words in caught.value.message
    assert "?" not in caught.value.text


def test_an_encrypted_office_file_asks_for_the_password_to_be_removed() -> None:
    data = make_compound({"EncryptionInfo": b"", "EncryptedPackage": b""})
    with pytest.raises(AppError, match="file_password"):
        detect(data, name="folha.docx", declared=None)


def test_folders_are_walked_by_extension() -> None:
    assert accepts_name("Férias.PDF")
    assert not accepts_name("foto.png")
