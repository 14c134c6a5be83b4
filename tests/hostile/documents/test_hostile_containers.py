"""Zip and XML attacks on the office formats."""

import io
import struct
import zipfile

import pytest
from documents import make_compound, make_docx, make_odt, make_pptx, make_xlsx, make_zip, repack

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


PROLOG = "<?xml version='1.0'?>"


def document_xml(body: str, prolog: str = "") -> bytes:
    return f"{PROLOG}{prolog}<w:document {W}><w:body>{body}</w:body></w:document>".encode()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_of(body: str, prolog: str = "") -> bytes:
    return repack(make_docx(), {"word/document.xml": document_xml(body, prolog)})


LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)
XXE = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
REMOTE = "<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>"


def zip_bomb(ratio_only: bool = False) -> bytes:
    size = 30_000_000 if ratio_only else 200_000_000
    return make_zip({"word/document.xml": b"<a>" + b" " * size, "[Content_Types].xml": b"<a/>"})


def nested_zip() -> bytes:
    inner = make_zip({"bomba.bin": b"0" * 10_000_000})
    for _ in range(5):
        inner = make_zip({f"{n}.zip": inner for n in range(8)})
    return repack(make_docx(), {"word/embeddings/inner.zip": inner})


def lying_size() -> bytes:
    """Declare a small size for a member that unpacks to much more."""
    data = bytearray(
        repack(make_docx(), {"word/document.xml": document_xml(paragraph("x" * 9_000_000))})
    )
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.find(signature)
        while place >= 0:
            name_offset = 30 if signature == b"PK\x03\x04" else 46
            if data[place + name_offset :].startswith(b"word/document.xml"):
                struct.pack_into("<I", data, place + offset, 1000)
            place = data.find(signature, place + 4)
    return bytes(data)


def overlapping() -> bytes:
    """Point many directory entries at one member, as overlap bombs do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("word/document.xml", b"a" * 3_000_000)
        entry = container.infolist()[0]
        for number in range(200):
            twin = zipfile.ZipInfo(f"word/{number}.xml")
            twin.header_offset = entry.header_offset
            twin.compress_size, twin.file_size, twin.CRC = (
                entry.compress_size,
                entry.file_size,
                entry.CRC,
            )
            twin.compress_type = entry.compress_type
            container.filelist.append(twin)
            container.NameToInfo[twin.filename] = twin
    return buffer.getvalue()


def many_entries() -> bytes:
    return make_zip({"word/document.xml": b"<a/>", **{f"word/{n}.xml": b"" for n in range(12_000)}})


def encrypted_flag() -> bytes:
    data = bytearray(make_docx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 4)
    return bytes(data)


def compound(stream: str) -> bytes:
    return make_compound({stream: b""})


def sheet_of(rows: str, dimension: str = "A1:B2") -> bytes:
    sheet = (
        f"<worksheet {S}><dimension ref='{dimension}'/><sheetData>{rows}</sheetData></worksheet>"
    )
    return repack(make_xlsx(), {"xl/worksheets/sheet1.xml": sheet.encode()})


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


BAD = [
    ("zip bomb by size", zip_bomb, "a.docx", "zip_bomb"),
    ("zip bomb by ratio", lambda: zip_bomb(ratio_only=True), "a.docx", "zip_bomb"),
    ("size that lies", lying_size, "a.docx", "file_corrupt"),
    ("overlapping members", overlapping, "a.docx", "zip_bomb"),
    ("too many entries", many_entries, "a.docx", "zip_too_many_entries"),
    ("encrypted members", encrypted_flag, "a.docx", "file_password"),
    ("encrypted DOCX", lambda: compound("EncryptedPackage"), "a.docx", "file_password"),
    ("encrypted XLSX", lambda: compound("EncryptedPackage"), "a.xlsx", "file_password"),
    (
        "old PowerPoint",
        lambda: compound("PowerPoint Document"),
        "a.docx",
        "unsupported_media_type",
    ),
    ("Word without a word", lambda: compound("WordDocument"), "a.docx", "file_corrupt"),
    (
        "compound file cut off",
        lambda: compound("WordDocument")[:3000],
        "a.doc",
        "file_corrupt",
    ),
    (
        "plain zip called DOCX",
        lambda: make_zip({"a.txt": "oi"}),
        "a.docx",
        "unsupported_media_type",
    ),
    ("billion laughs DOCX", lambda: docx_of(paragraph("&j;"), LAUGHS), "a.docx", "xml_unsafe"),
    ("external entity DOCX", lambda: docx_of(paragraph("&f;"), XXE), "a.docx", "xml_unsafe"),
    ("remote DTD DOCX", lambda: docx_of(paragraph("x"), REMOTE), "a.docx", "xml_unsafe"),
    (
        "laughs in UTF-16",
        lambda: repack(
            make_docx(),
            {
                "word/document.xml": document_xml(paragraph("&j;"), LAUGHS)
                .decode()
                .replace("'1.0'", "'1.0' encoding='utf-16'")
                .encode("utf-16")
            },
        ),
        "a.docx",
        "xml_unsafe",
    ),
    (
        "billion laughs ODT",
        lambda: repack(
            make_odt(), {"content.xml": f"<?xml version='1.0'?>{LAUGHS}<a>&j;</a>".encode()}
        ),
        "a.odt",
        "xml_unsafe",
    ),
    (
        "laughs in styles",
        lambda: repack(
            make_docx(), {"word/styles.xml": f"<?xml version='1.0'?>{LAUGHS}<a>&j;</a>".encode()}
        ),
        "a.docx",
        "xml_unsafe",
    ),
    (
        "laughs in XLSX strings",
        lambda: repack(
            make_xlsx(),
            {"xl/sharedStrings.xml": f"<?xml version='1.0'?>{LAUGHS}<a>&j;</a>".encode()},
        ),
        "a.xlsx",
        "xml_unsafe",
    ),
    (
        "no main part",
        lambda: repack(make_docx(), {"word/document.xml": None}),
        "a.docx",
        "file_corrupt",
    ),
    (
        "empty main part",
        lambda: repack(make_docx(), {"word/document.xml": b""}),
        "a.docx",
        "file_corrupt",
    ),
    (
        "main part of noise",
        lambda: repack(make_docx(), {"word/document.xml": bytes(range(256)) * 99}),
        "a.docx",
        "file_corrupt",
    ),
    ("no paragraphs", lambda: docx_of(""), "a.docx", "empty_text"),
    ("truncated DOCX", lambda: make_docx()[:5000], "a.docx", "file_corrupt"),
    ("truncated XLSX", lambda: make_xlsx()[:2000], "a.xlsx", "file_corrupt"),
    ("truncated ODT", lambda: make_odt()[:1500], "a.odt", "file_corrupt"),
    ("truncated PPTX", lambda: make_pptx()[:9000], "a.pptx", "file_corrupt"),
    (
        "workbook without sheets",
        lambda: repack(make_xlsx(), {"xl/worksheets/sheet1.xml": None}),
        "a.xlsx",
        "file_corrupt",
    ),
    (
        "two cells a sheet apart",
        lambda: sheet_of(
            f'<row r="1">{cell("A1", "a")}</row><row r="1048576">{cell("XFD1048576", "b")}</row>'
        ),
        "a.xlsx",
        "spreadsheet_too_large",
    ),
    (
        "no slides",
        lambda: repack(make_pptx(), {"ppt/slides/slide1.xml": None, "ppt/slides/slide2.xml": None}),
        "a.pptx",
        "file_corrupt",
    ),
]


@pytest.mark.parametrize(
    ("make", "name", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_an_attack_on_a_container_gets_its_code(expect, make, name: str, code: str) -> None:
    await expect(make(), name, code)


READ = [
    ("nested zips are not opened", nested_zip, "a.docx", "Analista | Dias: 30"),
    (
        "a path that climbs out",
        lambda: repack(make_docx(), {"../../etc/passwd": b"x"}),
        "a.docx",
        "Férias",
    ),
    ("a name that lies", make_docx, "a.pdf", "Férias"),
    (
        "deep tables",
        lambda: docx_of(
            paragraph("antes")
            + "<w:tbl><w:tr><w:tc>" * 150
            + paragraph("fundo")
            + "</w:tc></w:tr></w:tbl>" * 150
        ),
        "a.docx",
        "antes",
    ),
    (
        "deep content controls",
        lambda: docx_of(
            "<w:sdt><w:sdtContent>" * 600 + paragraph("fundo") + "</w:sdtContent></w:sdt>" * 600
        ),
        "a.docx",
        "fundo",
    ),
    (
        "a style that inherits from itself",
        lambda: repack(
            make_docx(),
            {
                "word/styles.xml": f'<w:styles {W}><w:style w:styleId="Normal" '
                'w:type="paragraph" w:default="1"><w:basedOn '
                'w:val="Normal"/></w:style></w:styles>'.encode()
            },
        ),
        "a.docx",
        "Férias",
    ),
    (
        "broken styles",
        lambda: repack(make_docx(), {"word/styles.xml": b"<w:styles"}),
        "a.docx",
        "Férias",
    ),
    (
        "broken properties",
        lambda: repack(make_docx(), {"docProps/core.xml": b"\x00\x01"}),
        "a.docx",
        "Férias",
    ),
    (
        "unclosed body",
        lambda: repack(
            make_docx(), {"word/document.xml": document_xml(paragraph("até aqui"))[:-30]}
        ),
        "a.docx",
        "até aqui",
    ),
    (
        "a million declared rows",
        lambda: sheet_of(f'<row r="1">{cell("A1", "único")}</row>', "A1:XFD1048576"),
        "a.xlsx",
        "único",
    ),
    (
        "a million empty rows",
        lambda: sheet_of(
            f'<row r="1">{cell("A1", "único")}</row>'
            + "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 300_000))
        ),
        "a.xlsx",
        "único",
    ),
    (
        "slides without relations",
        lambda: repack(
            make_pptx(),
            {
                "ppt/_rels/presentation.xml.rels": None,
                "ppt/slides/_rels/slide1.xml.rels": None,
                "ppt/slides/_rels/slide2.xml.rels": None,
            },
        ),
        "a.pptx",
        "Jornada",
    ),
    (
        "relations that climb out",
        lambda: repack(
            make_pptx(),
            {
                "ppt/slides/_rels/slide2.xml.rels": b'<Relationships><Relationship Id="r" '
                b'Type="x/notesSlide" Target="../../../../etc/passwd"/>'
                b"</Relationships>"
            },
        ),
        "a.pptx",
        "Jornada",
    ),
    (
        "a repeated ODT cell",
        lambda: repack(
            make_odt(),
            {
                "content.xml": (
                    b'<o:document-content xmlns:o="urn:o" xmlns:t="urn:t" xmlns:x="urn:x">'
                    b"<o:body><o:text><t:table>"
                    b'<t:table-row><t:table-cell t:number-columns-repeated="99999">'
                    b"<x:p>repete</x:p></t:table-cell>"
                    b"</t:table-row></t:table></o:text></o:body></o:document-content>"
                )
            },
        ),
        "a.odt",
        "repete",
    ),
]


@pytest.mark.parametrize(
    ("make", "name", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
async def test_an_odd_container_still_gives_its_text(expect, make, name: str, text: str) -> None:
    await expect(make(), name, "document_too_nested" if "deep" in text else "", text=text)
