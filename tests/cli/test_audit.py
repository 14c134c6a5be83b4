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
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("UPDATE lgpd.audit_event SET act = 'key_revoked'")
    altered = cogep("audit", "verify", "--json")
    assert (altered.status, altered.json["intact"]) == (1, False)
    assert len(altered.json["altered"]) == altered.json["checked"] == 1
    assert altered.json["altered"][0] in cogep("audit", "verify").out
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("DELETE FROM lgpd.audit_event; DELETE FROM lgpd.audit_seal")
    cut = cogep("audit", "verify", "--checkpoint", str(proof))
    assert cut.status == 1
    assert "Ao menos 1 atos foram cortados do fim." in cut.out
    assert cogep("audit", "verify", "--checkpoint", __file__).status == 1
