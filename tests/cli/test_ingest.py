"""``cogep ingest``: into the queue, or into the base in one go; nothing is lost in silence."""

from pathlib import Path

import pytest
from cogep_command import Cogep

LEAVE = "# Férias\n\nAs férias dos servidores são de trinta dias por ano.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "normas"
    (root / "sub").mkdir(parents=True)
    (root / "férias.md").write_text(LEAVE, "utf-8")
    (root / "sub" / "ponto.txt").write_text("O ponto é eletrônico.", "latin-1")
    (root / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return root


def test_takes_a_folder_in_and_answers_from_it(cogep: Cogep, folder: Path) -> None:
    done = cogep("ingest", str(folder), "--wait", "--json")
    assert done.status == 0
    assert [(j["target"], j["status"]) for j in done.json["jobs"]] == [
        ("férias.md", "completed"),
        ("sub/ponto.txt", "completed"),
    ]
    reason = "imagem: para lê-la por OCR, envie-a pelo nome"
    assert done.json["skipped"] == [{"target": "foto.png", "reason": reason}]
    assert done.json["summary"]["completed"] == 2
    asked = cogep("ask", "Quantos dias de férias têm os servidores?", "--json").json
    assert asked["citations"][0]["quote"].endswith("são de trinta dias por ano.")
    found = cogep("search", "ponto eletronico", "--json").json
    assert found["results"][0]["text"] == "O ponto é eletrônico."


def test_sending_a_changed_file_again_replaces_what_it_said(cogep: Cogep, folder: Path) -> None:
    file = folder / "férias.md"
    cogep("ingest", str(file), "--wait")
    (again,) = cogep("ingest", str(file), "--wait", "--json").json["jobs"]
    assert again["warnings"] == ["unchanged"]
    file.write_text(LEAVE.replace("trinta", "quarenta"), "utf-8")
    (changed,) = cogep("ingest", str(file), "--wait", "--json").json["jobs"]
    assert changed["document_id"] == again["document_id"]
    (document,) = cogep("documents", "list", "--json").json["items"]
    assert document["version"] == 2
    assert "quarenta" in cogep("search", "férias", "--json").json["results"][0]["text"]


def test_one_that_fails_stops_no_other_and_is_told_with_its_cause(
    cogep: Cogep, folder: Path
) -> None:
    (folder / "quebrado.pdf").write_bytes(b"%PDF-1.7\nlixo")
    (folder / "vazio.txt").touch()
    done = cogep("ingest", str(folder), "--wait")
    assert done.status == 1
    assert "2 concluídas" in done.out
    assert "1 falhou" in done.out
    assert "1 nem enviadas" in done.out
    assert "quebrado.pdf" in done.out
    assert "file_is_empty" in done.out


def test_without_waiting_the_work_stays_in_the_queue(cogep: Cogep, folder: Path) -> None:
    sent = cogep("ingest", str(folder), "-c", "normas")
    assert sent.status == 0
    assert "2 na fila" in sent.out
    assert "Nenhum trabalhador está ativo" in sent.err
    jobs = cogep("jobs", "--json").json["items"]
    assert {(j["status"], j["collection"]) for j in jobs} == {("pending", "normas")}


def test_a_full_queue_is_waited_for_or_told(
    cogep: Cogep, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGEP_INGEST_MAX_PENDING", "1")
    sent = cogep("ingest", str(folder), "--json")
    assert sent.status == 1
    assert [job["status"] for job in sent.json["jobs"]] == ["pending"]
    assert sent.json["refused"][0]["error"]["code"] == "queue_full_nobody_works"
    done = cogep("ingest", str(folder), "--wait")
    assert done.status == 0
    assert "A fila está cheia (1 tarefas à espera)" in done.err
    assert "2 concluídas" in done.out


def test_a_file_over_the_limit_is_not_even_read(
    cogep: Cogep, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COGEP_INGEST_MAX_FILE_BYTES", "30")
    done = cogep("ingest", str(folder), "--json")
    assert done.status == 1
    (refused,) = done.json["refused"]
    assert (refused["target"], refused["error"]["code"]) == ("férias.md", "file_too_large")
    assert len(done.json["jobs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nada.pdf"], "target_not_found"),
        (["--collection", "Não Pode", "x"], "collection_name_invalid"),
    ],
)
def test_a_bad_order_sends_nothing(cogep: Cogep, arguments: list[str], code: str) -> None:
    failed = cogep("ingest", *arguments)
    assert (failed.status, f"[{code}]" in failed.err) == (1, True)
    assert cogep("jobs", "--json").json["items"] == []


def test_a_forbidden_address_fails_with_its_remedy(cogep: Cogep) -> None:
    done = cogep("ingest", "http://127.0.0.1/interno", "http://[", "--wait", "--json")
    assert done.status == 1
    assert done.json["jobs"][0]["status"] == "failed"
    assert done.json["refused"][0]["error"]["code"] == "url_invalid"


def test_leaves_the_work_to_a_worker_that_lives(
    cogep: Cogep, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lives(_: object) -> bool:
        return True

    monkeypatch.setattr("cogep_assist.cli.ingest.has_worker", lives)
    sent = cogep("ingest", str(folder))
    assert "Acompanhe com “cogep jobs”." in sent.err
    assert "Nenhum trabalhador" not in sent.err
