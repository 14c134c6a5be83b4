"""The evaluation set: every way in which a folder can be wrong gets its sentence."""

import gzip
import json
from pathlib import Path

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.rag_service.evaluation_set import load_set

CORPUS = [
    {"id": "d1", "title": "Férias", "text": "As férias são de 30 dias."},
    {"_id": 2, "title": "Licença", "text": ""},
    {"id": "d3", "title": "", "text": "   "},
]
QUERIES = [
    {"id": "q1", "text": "Quantos dias de férias?", "answers": ["30 dias", " "]},
    {"_id": "q2", "text": "E a licença?"},
    {"id": "q3", "text": "Sem nota alguma"},
    {"id": "q4", "text": "Qual a capital da Lua?", "impossible": True},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\t2\t1\nq2\td9\t1\nq2\td1\t0\nq9\td1\t1\n"


def write(folder: Path, corpus: str, queries: str, qrels: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text(corpus, "utf-8")
    (folder / "queries.jsonl").write_text(queries, "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


def lines(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_reads_documents_questions_and_grades(tmp_path: Path) -> None:
    found = load_set(write(tmp_path / "base", lines(CORPUS), lines(QUERIES), QRELS))
    assert [(d.id, d.title, d.text) for d in found.documents] == [
        ("d1", "Férias", "As férias são de 30 dias."),
        ("2", "Licença", "Licença"),
    ]
    assert [(q.id, q.answers, q.impossible) for q in found.queries] == [
        ("q1", ("30 dias",), False),
        ("q2", (), False),
        ("q4", (), True),
    ]
    assert found.grades == {"q1": {"d1": 2.0}, "q2": {"2": 1.0, "d9": 1.0}}
    counts = (found.empty_documents, found.unknown_queries, found.unknown_documents)
    assert counts == (1, 1, 1)
    assert found.unjudged_queries == 1


@pytest.mark.parametrize("qrels", ["q1 0 d1 1\n", "q1 d1 1\n", "\ufeffq1\td1\t1.0\r\n"])
def test_reads_the_other_forms_of_qrels(tmp_path: Path, qrels: str) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES), qrels)
    assert load_set(folder).grades == {"q1": {"d1": 1.0}}


def test_reads_gzipped_files_and_the_test_split(tmp_path: Path) -> None:
    folder = tmp_path / "base"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(lines(CORPUS).encode()))
    (folder / "queries.jsonl").write_text(lines(QUERIES), "utf-8")
    (folder / "qrels" / "test.tsv").write_text(QRELS, "utf-8")
    assert len(load_set(folder).documents) == 2


@pytest.mark.parametrize(
    ("corpus", "queries", "qrels", "file", "line", "reason"),
    [
        ('{"id": "a", "text": "x"}\n{"id": "b"', "", "", "corpus.jsonl", 2, "JSON"),
        ("[1]\n", "", "", "corpus.jsonl", 1, "objeto"),
        ('{"text": "x"}\n', "", "", "corpus.jsonl", 1, "falta"),
        ('{"id": true, "text": "x"}\n', "", "", "corpus.jsonl", 1, "falta"),
        ('{"id": "a", "text": 1}\n', "", "", "corpus.jsonl", 1, "texto"),
        ('{"id": "a", "text": "x"}\n' * 2, "", "", "corpus.jsonl", 2, "já apareceu"),
        ("[" * 100_000, "", "", "corpus.jsonl", 1, "JSON"),
        (None, '{"id": "q", "text": " "}\n', "", "queries.jsonl", 1, "vazio"),
        (None, '{"id": "q", "text": "x", "answers": "y"}\n', "", "queries.jsonl", 1, "lista"),
        (None, None, "q1\td1\n", "qrels.tsv", 1, "3 colunas"),
        (None, None, "q1\td1\tsim\n", "qrels.tsv", 1, "não é um número"),
        (None, None, "q1\td1\tnan\n", "qrels.tsv", 1, "inválida"),
        (None, None, "q1\t\t1\n", "qrels.tsv", 1, "vazia"),
    ],
)
def test_names_the_file_and_the_line(
    tmp_path: Path,
    corpus: str | None,
    queries: str | None,
    qrels: str,
    file: str,
    line: int,
    reason: str,
) -> None:
    folder = write(
        tmp_path / "base",
        lines(CORPUS) if corpus is None else corpus,
        lines(QUERIES) if queries is None else queries,
        qrels,
    )
    with pytest.raises(AppError) as caught:
        load_set(folder)
    assert caught.value.code == "evaluation_line_invalid"
    assert (caught.value.details["file"], caught.value.details["line"]) == (file, line)
    assert reason in caught.value.text


def test_names_a_file_that_is_not_in_utf_8(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES), QRELS)
    (folder / "corpus.jsonl").write_bytes('{"id": "a", "text": "férias"}\n'.encode("latin-1"))
    with pytest.raises(AppError, match="UTF-8"):
        load_set(folder)


def test_names_a_broken_gzip(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES), QRELS)
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(lines(CORPUS).encode())[:-9])
    with pytest.raises(AppError, match="danificado"):
        load_set(folder)


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_names_a_missing_file(tmp_path: Path, missing: str) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES[1:3]), QRELS)
    (folder / missing).unlink()
    with pytest.raises(AppError) as caught:
        load_set(folder)
    assert caught.value.code == "evaluation_file_missing"
    assert caught.value.details["file"] == missing


def test_questions_that_say_what_they_expect_need_no_grades(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES), "")
    (folder / "qrels.tsv").unlink()
    found = load_set(folder)
    assert ([q.id for q in found.queries], found.grades) == (["q1", "q4"], {})


def test_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="evaluation_folder_missing"):
        load_set(tmp_path / "nada")


def test_refuses_grades_that_touch_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "base", lines(CORPUS), lines(QUERIES), "q1\tx\t1\n")
    with pytest.raises(AppError, match="evaluation_no_judgement"):
        load_set(folder)
