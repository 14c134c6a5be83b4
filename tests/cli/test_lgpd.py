"""Requests, receipts, terms and the encarregado from a terminal."""

import json
import os
from pathlib import Path

from cogep_command import Cogep


def test_a_request_is_taken_in_proven_answered_and_its_receipt_checked(
    cogep: Cogep, tmp_path: Path
) -> None:
    assert "Nenhum pedido" in cogep("lgpd", "requests", "list").out
    made = cogep("lgpd", "requests", "open", "access", "Inês Araújo", "ines@exemplo.com", "--json")
    protocol = made.json["protocol"]
    spoken = protocol.lower().replace("-", " ")
    assert "à espera da comprovação" in cogep("lgpd", "requests", "show", spoken).out
    early = cogep("lgpd", "requests", "answer", protocol, "--text", "Eis os dados.")
    assert early.status == 1
    assert "não comprovou a identidade" in early.err
    seen = cogep("lgpd", "requests", "identify", protocol, "--method", "document_shown")
    assert "recebido" in seen.out
    assert cogep("lgpd", "requests", "answer", protocol, "--text", "Eis os dados.").status == 0
    assert cogep("lgpd", "requests", "list", "--pressing", "--json").json["items"] == []
    shown = cogep("lgpd", "requests", "show", protocol, "--json").json
    assert [one["kind"] for one in shown["receipts"]] == ["request_received", "request_answered"]
    unknown = cogep("lgpd", "requests", "show", "LGPD-2020-000009")
    assert "não existe" in unknown.err


def test_a_receipt_is_good_under_the_key_that_is_trusted_alone(
    cogep: Cogep, tmp_path: Path
) -> None:
    key = tmp_path / "chave.json"
    key.write_text(cogep("lgpd", "receipt", "key", "--json").out, "utf-8")
    from cogep_assist.core import signing

    file = tmp_path / "comprovante.json"
    signed = signing.sign_document("lgpd-receipt", {"number": "LGPD-2026-000001", "facts": {}})
    file.write_text(json.dumps(signed), "utf-8")
    assert "Confere: LGPD-2026-000001" in cogep("lgpd", "receipt", "verify", str(file)).out
    assert cogep("lgpd", "receipt", "verify", str(file), "--key", str(key)).status == 0
    file.write_text(json.dumps({**signed, "number": "LGPD-2026-000002"}), "utf-8")
    changed = cogep("lgpd", "receipt", "verify", str(file), "--json")
    assert (changed.status, changed.json["valid"]) == (1, False)
    file.write_text("[]", "utf-8")
    assert "não é um comprovante" in cogep("lgpd", "receipt", "verify", str(file)).err
    key.write_text('{"public_key": "AAAA"}', "utf-8")
    file.write_text(json.dumps(signed), "utf-8")
    bad = cogep("lgpd", "receipt", "verify", str(file), "--key", str(key))
    assert "não traz uma chave pública" in bad.err


def test_terms_officers_and_incidents_are_shown(cogep: Cogep) -> None:
    terms = cogep("lgpd", "deadlines", "list").out
    assert "Lei 12.527/2011" in terms
    counted = cogep("lgpd", "deadlines", "count", "incident_agency", "--from", "2026-02-13")
    assert "até 20/02/2026" in counted.out
    assert "não é uma data" in cogep("lgpd", "deadlines", "count", "lai", "--from", "ontem").err
    assert cogep("lgpd", "officer", "show").status == 1
    appointed = ("Débora Lima", "dpo@orgao.gov.br", "--act", "Portaria 12/2026")
    assert cogep("lgpd", "officer", "appoint", *appointed, "--from", "2026-01-05").status == 0
    assert "Débora Lima" in cogep("lgpd", "officer", "show").out
    assert "vago" in cogep("lgpd", "officer", "show").out
    number = cogep("lgpd", "incidents", "report", "Notebook perdido", "--known", "--json").json
    assert number["number"] in cogep("lgpd", "incidents", "list").out
    assert "Nenhuma finalidade" in cogep("lgpd", "consents", "purposes").out


def test_the_disposal_list_and_who_stays_away(cogep: Cogep, tmp_path: Path) -> None:
    made = cogep("customer", "add", "Inês Conceição", "--cpf", "529.982.247-25", "--json").json
    ground = ("--ground", "public_archive", "--reference", "020.1", "--until", "2020-12-31")
    kept = cogep("lgpd", "keep", "add", "customer", made["id"], *ground, "--json").json["id"]
    listed = tmp_path / "listagem.csv"
    told = cogep("lgpd", "keep", "disposal", "-o", str(listed))
    assert "020.1" in told.out
    assert "Lei 8.159/1991" in told.out
    title, line = listed.read_text("utf-8-sig").splitlines()
    assert title.startswith("Código;Tipo;ID;Protocolo;")
    assert line.startswith(f"020.1;customer;{made['id']};;")
    assert line.split(";")[-2] == "não"
    assert os.name != "posix" or listed.stat().st_mode & 0o777 == 0o600
    assert "Inês" not in listed.read_text("utf-8-sig") + told.out
    assert cogep("lgpd", "keep", "end", kept, "--term", "12/2026").status == 0
    assert cogep("lgpd", "keep", "disposal", "--json").json["records"] == []

    planned = cogep("lgpd", "erase", "plan", made["id"], "--json").json
    assert cogep("lgpd", "erase", "confirm", planned["protocol"]).status == 0
    old = tmp_path / "antigo.csv"
    old.write_text("nome;cpf\nInês Conceição;52998224725\nRui Sá;\n", "utf-8")
    tried = cogep("customer", "import", str(old), "--dry-run")
    assert tried.status == 1
    assert "é de pessoa eliminada em" in tried.out
    assert cogep("customer", "import", str(old), "--readmit-erased", " ").status != 0
    back = cogep("customer", "import", str(old), "--readmit-erased", "novo contrato", "--json")
    assert back.status == 0
    assert back.json["noted"][0]["problems"][0]["code"].startswith("readmitted:")
    assert back.json["counts"]["created"] == 2
