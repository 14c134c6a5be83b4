"""The record of acts, verified from a terminal."""

from pathlib import Path

import psycopg
from cogep_command import Cogep
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo


def test_tells_whether_acts_are_as_they_were_written(
    cogep: Cogep, database_url: URL, tmp_path: Path
) -> None:
    assert "Nenhum" in cogep("audit", "verify").out
    assert cogep("audit", "checkpoint").status == 1
    assert cogep("key", "create", "n8n", "--role", "agent", "--quiet").status == 0
    whole = cogep("audit", "verify")
    assert whole.status == 0
    assert "1 atos conferidos, 1 ainda por selar" in whole.out
    assert "Nenhum foi alterado" in whole.out
    proof = tmp_path / "fora" / "ponto.json"
    assert "até o ato 1" in cogep("audit", "checkpoint", "-o", str(proof)).out
    sealed = cogep("audit", "verify", "--checkpoint", str(proof), "--json")
    assert (sealed.status, sealed.json["sealed"], sealed.json["waiting"]) == (0, 1, 0)
    assert [checkpoint["in_chain"] for checkpoint in sealed.json["checkpoints"]] == [True, True]
    listed = cogep("audit", "list", "--act", "key_created", "--json").json["acts"]
    assert [act["object_type"] for act in listed] == ["api_key"]
    assert "key_created" in cogep("audit", "list", "--since", "2020-01-01").out
    assert "Nenhum ato." in cogep("audit", "list", "--actor", "user:ninguém").out
    taken = tmp_path / "auditoria.jsonl"
    assert cogep("audit", "export", "-o", str(taken)).status == 0
    assert '"key_created"' in taken.read_text("utf-8")
    refused = cogep("audit", "export", "-o", str(tmp_path))
    assert refused.status == 1
    assert "Não foi possível gravar" in refused.err
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("UPDATE lgpd.audit_event SET act = 'key_revoked'")
    altered = cogep("audit", "verify", "--json")
    assert (altered.status, altered.json["intact"]) == (1, False)
    assert len(altered.json["altered"]) == altered.json["checked"] == 3
    assert altered.json["altered"][0] in cogep("audit", "verify").out
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("DELETE FROM lgpd.audit_event; DELETE FROM lgpd.audit_seal")
    cut = cogep("audit", "verify", "--checkpoint", str(proof))
    assert cut.status == 1
    assert "Ao menos 1 atos foram cortados do fim." in cut.out
    assert cogep("audit", "verify", "--checkpoint", __file__).status == 1
