"""The bundled documents are complete, honest, and hold what the questions expect."""

import re
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.table import Table
from lxml import html

from cogep_assist import sample

MAX_BYTES = 60_000
FICTITIOUS = "Documento fictício, escrito para demonstração. O Instituto Exemplo não existe"
DOCUMENTS = {item.path.name: item for item in sample.documents()}
ANSWERABLE = [item for item in sample.questions() if item.answerable]


def test_every_bundled_file_is_listed_and_every_listed_file_is_bundled() -> None:
    folder = Path(sample.__file__).parent / "documents"
    assert sorted(DOCUMENTS) == sorted(path.name for path in folder.iterdir())


def test_each_format_has_at_least_three_documents() -> None:
    suffixes = [Path(name).suffix for name in DOCUMENTS]
    assert {suffix: suffixes.count(suffix) >= 3 for suffix in set(suffixes)} == {
        ".docx": True,
        ".html": True,
        ".md": True,
        ".pdf": True,
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_small_titled_and_marked_as_fictitious(name: str) -> None:
    item = DOCUMENTS[name]
    text = _text(item.path)
    assert item.path.stat().st_size < MAX_BYTES
    assert FICTITIOUS in text[:400]
    assert text.strip().removeprefix("# ").startswith(item.title)
    assert item.source_key == f"exemplo/{name}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_carries_an_address_or_number_of_a_real_person(name: str) -> None:
    text = _text(DOCUMENTS[name].path)
    domains = set(re.findall(r"@([\w.-]*\w)", text))
    assert domains <= {"exemplo.gov.br"}
    assert not re.search(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\(\d{2}\) ?9?\d{4}-?\d{4}", text)


@pytest.mark.parametrize("item", ANSWERABLE, ids=lambda item: item.question)
def test_the_expected_answer_is_in_the_expected_document(item: sample.SampleQuestion) -> None:
    assert item.document is not None
    assert item.answer is not None
    assert item.answer in _text(DOCUMENTS[item.document].path)


def test_every_document_has_a_question_and_no_question_comes_twice() -> None:
    texts = [item.question for item in sample.questions()]
    assert len(texts) == len(set(texts))
    assert {item.document for item in ANSWERABLE} == set(DOCUMENTS)
    assert len(ANSWERABLE) >= 30
    assert len(texts) - len(ANSWERABLE) >= 10


def test_the_first_question_can_be_answered() -> None:
    assert sample.questions()[0].answerable


def _text(path: Path) -> str:
    readers = {".pdf": _pdf_text, ".docx": _docx_text, ".html": _html_text}
    text = readers.get(path.suffix, lambda source: source.read_text(encoding="utf-8"))(path)
    return re.sub(r"\s+", " ", text)


def _pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    # The footer is drawn first on each page.
    return "\n".join(re.sub(r"Instituto Exemplo \(fictício\).*?\n", "", page) for page in pages)


def _docx_text(path: Path) -> str:
    parts: list[str] = []
    for block in Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            parts += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            parts.append(block.text)
    return "\n".join(parts)


def _html_text(path: Path) -> str:
    main = html.fromstring(path.read_text(encoding="utf-8")).find(".//main")
    assert main is not None
    return " ".join(str(piece) for piece in main.itertext()).strip()
