"""cogep pii and cogep lgpd providers, from a terminal."""

import json
from pathlib import Path

from cogep_command import Cogep

TEXT = "Sou Tânia Guimarães, CPF 529.982.247-25, e tenho diabetes."


def test_a_text_or_a_file_is_scanned(cogep: Cogep, tmp_path: Path) -> None:
    told = cogep("pii", "scan", TEXT)
    assert told.status == 1
    for words in ("Nome de pessoa", "Tânia Guimarães", "CPF", "Sensível: Saúde"):
        assert words in told.out
    path = tmp_path / "carta.txt"
    path.write_text(TEXT, "utf-8")
    found = cogep("pii", "scan", str(path), "--json").json
    assert [each["kind"] for each in found["findings"]] == ["person", "cpf"]
    assert [each["category"] for each in found["sensitive"]] == ["health"]
    clean = cogep("pii", "scan", "O prazo é de trinta dias.", "--threshold", "egress")
    assert (clean.status, "Nenhum dado pessoal" in clean.out) == (0, True)
    path.write_bytes(b"\xff\xfe\x00\xd8")
    assert "pii_text_unreadable" in cogep("pii", "scan", str(path)).err


def test_labelled_texts_are_measured(cogep: Cogep, tmp_path: Path) -> None:
    assert "pii_sets_not_found" in cogep("pii", "bench", str(tmp_path)).err
    start = TEXT.index("529")
    spans = [
        {"start": 4, "end": 19, "type": "PESSOA"},
        {"start": start, "end": start + 14, "entity": "BR_CPF"},
    ]
    lines = [json.dumps({"text": TEXT, "spans": spans})] * 40
    (tmp_path / "mesa.jsonl").write_text("\n".join(lines), "utf-8")
    told = cogep("pii", "bench", str(tmp_path), "--json").json
    first = told["sets"][0]
    assert (first["names_hidden"], first["structured_hidden"], first["precision"]) == (1, 1, 1)
    assert told["two_kilobytes_p95_ms"]["mesa"] > 0
    assert "relato" in cogep("pii", "bench", str(tmp_path)).out
    (tmp_path / "outro.jsonl").write_text("[]\n", "utf-8")
    assert "pii_set_unreadable" in cogep("pii", "bench", str(tmp_path)).err


def test_a_provider_is_registered_and_withdrawn(cogep: Cogep) -> None:
    assert "Nenhum fornecedor" in cogep("lgpd", "providers", "list").out
    given = (
        "api.exemplo.com",
        "--entity",
        "Modelos S.A.",
        "--country",
        "US",
        "--until",
        "2099-01-31",
        "--contract",
        "Contrato 12/2026",
    )
    refused = cogep("lgpd", "providers", "add", *given)
    assert (refused.status, "mechanism" in refused.err) == (1, True)
    made = cogep("lgpd", "providers", "add", *given, "--mechanism", "standard_clauses", "--json")
    listed = cogep("lgpd", "providers", "list").out
    assert "api.exemplo.com" in listed
    assert "Nada saiu" in cogep("lgpd", "transfers").out
    assert "foi retirado" in cogep("lgpd", "providers", "withdraw", made.json["id"]).out
    assert "retirado" in cogep("lgpd", "providers", "list", "--all").out


def test_a_collections_policy_is_set(cogep: Cogep) -> None:
    told = cogep("collections", "set", "ouvidoria", "-v", "internal", "--personal-data", "redact")
    assert "dados pessoais: ocultados" in told.out
    listed = cogep("collections", "list", "--json").json["items"]
    assert [each["personal_data"] for each in listed] == ["redact"]
