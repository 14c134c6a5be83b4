"""``cogep eval``: the real ingestion and search, the figures, the gate, and nothing left over."""

import json
from pathlib import Path

import pytest
from cogep_command import Cogep
from PIL import Image

DOCUMENTS = {
    "ferias": "As férias dos servidores são de trinta dias por ano.",
    "ponto": "O registro de ponto é eletrônico e obrigatório para todos.",
    "auxilio": "O auxílio-transporte é pago até o quinto dia útil.",
    "licenca": "A licença para capacitação dura até noventa dias.",
}
QUESTIONS = [
    ("q1", "Quantos dias de férias têm os servidores?", "ferias", ["trinta dias"]),
    ("q2", "O registro de ponto é obrigatório?", "ponto", []),
    ("q3", "Quando é pago o auxílio-transporte?", "auxilio", ["quinto dia útil"]),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "conjunto"
    root.mkdir()
    corpus = [{"id": name, "title": "", "text": text} for name, text in DOCUMENTS.items()]
    queries = [{"id": q, "text": text, "answers": answers} for q, text, _, answers in QUESTIONS]
    queries.append({"id": "q4", "text": "Qual a raiz do hipopótamo lunar?", "impossible": True})  # type: ignore[dict-item]
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (root / name).write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    grades = "".join(f"{q}\t{document}\t1\n" for q, _, document, _ in QUESTIONS)
    (root / "qrels.tsv").write_text(grades, "utf-8")
    return root


def test_measures_through_the_real_way_and_leaves_nothing(cogep: Cogep, folder: Path) -> None:
    done = cogep("eval", str(folder), "--json")
    assert done.status == 0
    figures = done.json
    assert (figures["ndcg@10"], figures["mrr@10"]) == (1.0, 1.0)
    assert (figures["recall@5"], figures["recall@20"]) == (1.0, 1.0)
    assert figures["latency_ms"]["p95"] >= figures["latency_ms"]["p50"] > 0
    assert (figures["queries"], figures["documents"]) == (3, 4)
    answers = figures["answers"]
    assert (answers["answerable"], answers["unanswerable"]) == (2, 1)
    assert (answers["containment"], answers["abstention"]) == (1.0, 1.0)
    assert (answers["citation_validity"], answers["cited_sentences"]) == (1.0, 1.0)
    assert cogep("collections", "list", "--json").json["items"] == []
    assert cogep("documents", "list", "--json").json["items"] == []
    assert cogep("jobs", "--json").json["items"] == []


def test_shows_a_table_to_people(cogep: Cogep, folder: Path) -> None:
    shown = cogep("eval", str(folder), "--k", "3")
    assert shown.status == 0
    for part in ("ndcg@3", "1,0000", "latência p50 / p95", "contém a resposta", "de 2 perguntas"):
        assert part in shown.out
    assert "4 documentos, 4 perguntas." in shown.err


def test_the_gate_names_what_it_misses(cogep: Cogep, folder: Path, tmp_path: Path) -> None:
    gate = tmp_path / "limites.json"
    gate.write_text(json.dumps({"ndcg@10": 0.9, "latency_ms.p50": {"max": 0}}), "utf-8")
    failed = cogep("eval", str(folder), "--gate", str(gate), "--json")
    assert failed.status == 1
    assert failed.json["ndcg@10"] == 1.0
    assert "Fora do limite: latency_ms.p50" in failed.err
    assert "no máximo 0,0000" in failed.err
    assert "ndcg" not in failed.err
    gate.write_text(json.dumps({"ndcg@10": 0.9}), "utf-8")
    passed = cogep("eval", str(folder), "--gate", str(gate), "--json")
    assert (passed.status, "limites foram atingidos" in passed.err) == (0, True)


def test_a_broken_set_or_gate_is_told_before_anything_runs(
    cogep: Cogep, folder: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "limites.json"
    gate.write_text("{", "utf-8")
    assert "[gate_invalid]" in cogep("eval", str(folder), "--gate", str(gate)).err
    (folder / "qrels.tsv").write_text("q1\tferias\n", "utf-8")
    failed = cogep("eval", str(folder))
    assert failed.status == 1
    assert "qrels.tsv, linha 1" in failed.err
    assert "[evaluation_folder_missing]" in cogep("eval", str(tmp_path / "nada")).err


def test_a_document_that_cannot_be_taken_in_stops_the_evaluation(
    cogep: Cogep, folder: Path
) -> None:
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write("\n" + json.dumps({"id": "mudo", "text": "\u200b\u200b"}))
    failed = cogep("eval", str(folder), "--json")
    assert failed.status == 1
    assert "[evaluation_incomplete]" in failed.err
    assert cogep("collections", "list", "--json").json["items"] == []


def test_a_run_is_kept_compared_and_drawn(cogep: Cogep, folder: Path, tmp_path: Path) -> None:
    kept, page = tmp_path / "antes.json", tmp_path / "curvas.html"
    first = cogep("eval", str(folder), "--save", str(kept), "--plot", str(page), "--json")
    assert first.status == 0
    assert "questions" not in first.json
    run = json.loads(kept.read_text("utf-8"))
    assert set(run["questions"]) == {"q1", "q2", "q3", "q4"}
    assert run["questions"]["q1"]["ndcg@10"] == 1.0
    drawn = page.read_text("utf-8")
    assert drawn.count("<polyline") == 2
    assert "conjunto" in drawn
    assert "http" not in drawn
    assert "Abstenções devidas" in drawn
    assert "answers." not in drawn
    run["questions"]["q2"]["ndcg@10"] = 0.0
    run["questions"]["q1"]["mrr@10"] = 1.5
    kept.write_text(json.dumps(run), "utf-8")
    gate, image = tmp_path / "limites.json", tmp_path / "curvas.png"
    gate.write_text(json.dumps({"change": {"ndcg@10": 0.3, "mrr@10": -0.1}}), "utf-8")
    second = cogep(
        "eval", str(folder), "--compare", str(kept), "--gate", str(gate), "--plot", str(image)
    )
    assert second.status == 1
    assert "pode ser acaso" in second.out
    assert "+0,3333" in second.out
    assert "Fora do limite: change.mrr@10" in second.err
    assert "ndcg" not in second.err
    with Image.open(image) as shown:
        assert (shown.format, shown.width) == ("PNG", 1600)
        assert len(shown.getcolors(1 << 20) or ()) > 20


def test_what_cannot_be_compared_or_drawn_is_told_before_anything_runs(
    cogep: Cogep, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "outro.json"
    other.write_text("{}", "utf-8")
    failed = cogep("eval", str(folder), "--compare", str(other))
    assert (failed.status, "[evaluation_run_invalid]" in failed.err) == (1, True)
    failed = cogep("eval", str(folder), "--plot", str(tmp_path / "curvas.xyz"))
    assert (failed.status, "[plot_format_unknown]" in failed.err) == (1, True)
    for option in ("--plot", "--save"):
        failed = cogep("eval", str(folder), option, str(tmp_path / "nada" / "curvas.png"))
        assert (failed.status, "[file_not_written]" in failed.err) == (1, True)
    other.write_text('{"change.ndcg@10": 0}', "utf-8")
    assert "[gate_unknown_figure]" in cogep("eval", str(folder), "--gate", str(other)).err
