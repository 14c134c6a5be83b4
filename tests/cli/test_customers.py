"""`cogep customer` from the first record to the export."""

import json
import os
from pathlib import Path

from cogep_command import Cogep


def test_from_the_first_record_to_the_export(cogep: Cogep, tmp_path: Path) -> None:
    assert "Nenhum cliente" in cogep("customer", "list").out
    one = cogep(
        *("customer", "add", "Ana Lúcia Conceição", "--cpf", "529.982.247-25"),
        *("--phone", "(61) 9876-5432", "--birth-date", "31/01/1984", "--json"),
    ).json
    said = cogep("customer", "add", "Ana L. Conceicao", "--phone", "61 99876-5432").out
    assert "Possíveis duplicados: 1" in said
    found = cogep("customer", "search", "conceição ana", "--json").json["items"]
    assert len(found) == 2
    (pair,) = cogep("customer", "duplicates", "--json").json["items"]
    assert "same_phone" in pair["reasons"]
    assert "mesmo telefone" in cogep("customer", "duplicates").out
    other = next(item["id"] for item in found if item["id"] != one["id"])
    merged = cogep("customer", "merge", one["id"], other, "--json").json
    assert [c["id"] for c in cogep("customer", "list", "--json").json["items"]] == [one["id"]]
    assert cogep("customer", "show", other).status == 1
    assert cogep("customer", "undo", merged["id"]).status == 0
    shown = cogep("customer", "show", one["id"])
    assert "***.982.247-**" in shown.out
    assert "529.982" not in shown.out
    assert other in cogep("customer", "show", other).out
    path = tmp_path / "clientes.csv"
    assert cogep("customer", "export", str(path)).status == 0
    assert "***.982.247-**" in path.read_text("utf-8-sig")
    if os.name == "posix":
        # Everybody's data: for nobody else on the machine.
        assert path.stat().st_mode & 0o077 == 0
    elsewhere = cogep("customer", "export", str(tmp_path))
    assert "[file_not_written]" in elsewhere.err
    assert len(cogep("customer", "export", "--format", "json").out.splitlines()) == 2


def test_a_file_is_tried_imported_and_taken_back(cogep: Cogep, tmp_path: Path) -> None:
    path = tmp_path / "servidores.csv"
    path.write_bytes("Nome;CPF;Fone\nÉrica Sá;935.411.347-80;\nRui;1;12\n".encode("cp1252"))
    tried = cogep("customer", "import", str(path), "--dry-run", "--json")
    assert tried.status == 1
    assert tried.json["counts"] == {"created": 1, "refused": 1}
    told = cogep("customer", "import", str(path))
    assert "criado 1" in told.out
    assert "não é um CPF válido" in told.out
    assert len(cogep("customer", "list", "--json").json["items"]) == 1
    import_id = told.out.rpartition("rollback ")[2].strip()
    assert cogep("customer", "rollback", import_id).status == 0
    assert cogep("customer", "list", "--json").json["items"] == []
    mapped = cogep("customer", "import", str(path), "--column", "Nome=name", "--json")
    assert (mapped.status, mapped.json["counts"]) == (0, {"created": 2})


def test_what_is_wrong_is_one_sentence(cogep: Cogep, tmp_path: Path) -> None:
    for arguments, code in (
        (["add", "Rui", "--cpf", "111.111.111-11"], "customer_invalid"),
        (["show", "zz"], "customer_not_found"),
        (["undo", "abc"], "merge_not_found"),
        (["rollback", "abc"], "import_not_found"),
        (["import", str(tmp_path / "nada.csv")], "import_file_unreadable"),
        (["import", __file__, "--column", "x"], "import_mapping_invalid"),
    ):
        ended = cogep("customer", *arguments)
        assert ended.status == 1
        assert f"[{code}]" in ended.err
        assert "111.111" not in ended.err
    assert json.loads(cogep("customer", "search", "ninguém", "--json").out)["items"] == []
