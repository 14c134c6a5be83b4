"""`cogep import`: exports of other systems tried out, imported, gone on with, taken back."""

import json
from pathlib import Path

from cogep_command import Cogep
from past_exports import zammad_export


def test_zammad_from_the_trial_to_the_rollback(cogep: Cogep, tmp_path: Path) -> None:
    export, mapping = zammad_export(tmp_path / "zammad"), tmp_path / "mapa.json"
    cogep("user", "add", "helena@orgao.gov.br", "--role", "agent", "--name", "Helena Antunes")
    cogep("customer", "add", "Márcia D'Avila", "--phone", "61 3333-4444")
    tried = cogep("import", "zammad", str(export), "--dry-run", "--map", str(mapping), "--json")
    assert tried.status == 1
    counts = tried.json["counts"]
    assert (counts["customer_created"], counts["customer_matched"]) == (3, 1)
    assert (counts["customer_refused"], counts["matched_by_document"]) == (1, 1)
    assert (counts["ticket_created"], counts["ticket_refused"]) == (3, 1)
    assert tried.json["unmapped"] == ["estado “9”"]
    assert [one["code"] for one in tried.json["unreadable"]] == ["broken_json"]
    # Nothing was written, and without the missing word nothing is.
    assert cogep("ticket", "list", "--json").json["items"] == []
    assert "[import_unmapped]" in cogep("import", "zammad", str(export)).err
    template = json.loads(mapping.read_text("utf-8"))
    assert template["states"] == {"closed": "closed", "open": "open", "9": None}
    assert template["customer_fields"] == {"cpf": "cpf", "lotacao": None}
    template["states"]["9"] = "waiting_third_party"
    template["ticket_fields"]["sistema"] = "note"
    mapping.write_text(json.dumps(template), "utf-8")

    told = cogep("import", "zammad", str(export), "--map", str(mapping))
    assert told.status == 1
    assert "CPF não é um CPF válido" in told.out
    assert "data de abertura está no futuro" in told.out
    assert "111.111" not in told.out
    batch = told.out.rpartition("rollback ")[2].strip()
    found = cogep("ticket", "search", "#31001", "--json").json["items"][0]["ticket"]
    assert (found["external_number"], found["protocol"][:4]) == ("31001", "2023")
    shown = cogep("ticket", "show", found["id"], "--json").json
    assert shown["status"] == "closed"
    assert shown["closed_at"].startswith("2023-03-03")
    assert shown["assignee"]["name"] == "Helena Antunes"
    assert [entry["kind"] for entry in shown["entries"]] == ["message", "note", "note", "reply"]
    assert shown["entries"][0]["body"].startswith("Minhas férias sumiram.")
    assert "anexo recusado: vírus.exe" in shown["entries"][0]["body"]
    assert [file["name"] for file in shown["entries"][0]["attachments"]] == ["contracheque.pdf"]

    again = cogep("import", "zammad", str(export), "--map", str(mapping), "--json").json["counts"]
    assert again["ticket_known"] == 3
    assert "ticket_created" not in again
    assert len(cogep("import", "list", "--json").json["items"]) == 2
    undone = cogep("import", "rollback", batch, "--json").json
    assert (undone["tickets"], undone["customers"], undone["kept"]) == (3, 3, [])
    assert cogep("ticket", "list", "--json").json["items"] == []
    left = cogep("customer", "list", "--json").json["items"]
    assert [one["name"] for one in left] == ["Márcia D'Avila"]
    assert "[import_already_rolled_back]" in cogep("import", "rollback", batch).err


def test_a_folder_comes_in_and_goes_as_one_batch(cogep: Cogep, tmp_path: Path) -> None:
    folder = tmp_path / "normas"
    folder.mkdir()
    for name in ("férias.txt", "diárias.md"):
        (folder / name).write_text(f"Norma sobre {name}.", "utf-8")
    (folder / "vazio.txt").write_text("")
    tried = cogep("import", "folder", str(folder), "--dry-run", "--json")
    assert (tried.status, tried.json["id"]) == (1, None)
    assert tried.json["counts"] == {"document_created": 2, "document_refused": 1}
    assert cogep("jobs", "--json").json["items"] == []
    (folder / "vazio.txt").unlink()
    made = cogep("import", "folder", str(folder), "-c", "normas", "--json").json
    assert len(cogep("jobs", "--json").json["items"]) == 2
    # What is on its way is not sent twice.
    again = cogep("import", "folder", str(folder), "-c", "normas", "--json").json
    assert again["counts"] == {"document_known": 2}
    assert (
        "[import_not_running]" in cogep("import", "folder", str(folder), "--resume", made["id"]).err
    )
    assert "Lote desfeito" in cogep("import", "rollback", made["id"]).out
    states = {job["status"] for job in cogep("jobs", "--json").json["items"]}
    assert states == {"cancelled"}
