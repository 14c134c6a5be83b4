"""The record of acts, verified from a terminal."""

import psycopg
from cogep_command import Cogep
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo


def test_tells_whether_acts_are_as_they_were_written(cogep: Cogep, database_url: URL) -> None:
    assert cogep("key", "create", "n8n", "--role", "agent", "--quiet").status == 0
    whole = cogep("audit", "verify")
    assert whole.status == 0
    assert "Nenhum foi alterado." in whole.out
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("UPDATE lgpd.audit_event SET act = 'key_revoked'")
    altered = cogep("audit", "verify", "--json")
    assert altered.status == 1
    assert altered.json["intact"] is False
    assert len(altered.json["altered"]) == altered.json["checked"] == 1
    assert altered.json["altered"][0] in cogep("audit", "verify").out
