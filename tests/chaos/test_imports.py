"""An import whose process is killed goes on where it stood: nothing twice, nothing lost."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo

TICKETS = 600


def test_a_killed_import_goes_on(database_url: URL, tmp_path: Path, rng: random.Random) -> None:
    export = tmp_path / "tickets.jsonl"
    with export.open("w", encoding="utf-8") as file:
        for n in range(1, TICKETS + 1):
            ticket = {"id": n, "number": f"3{n:05d}", "title": f"Férias {n}", "state_id": 4}
            ticket |= {"priority_id": 2, "created_at": "2023-05-02T12:00:00Z"}
            file.write(json.dumps(ticket) + "\n")
    environment = {
        **os.environ,
        "DATABASE_URL": conninfo(database_url),
        "COGEP_DATA_DIR": str(tmp_path / "dados"),
    }
    command = [sys.executable, "-m", "cogep_assist", "import", "zammad", str(export), "--json"]
    with psycopg.connect(conninfo(database_url), autocommit=True) as base:

        def counted(what: str) -> int:
            row = base.execute(f"SELECT count({what}) FROM crm.ticket").fetchone()
            assert row is not None
            return int(row[0])

        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while counted("*") == 0 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(rng.random() / 10)
        process.kill()
        process.wait()
        killed_at = counted("*")
        # A slice is one commit.
        assert killed_at % 100 == 0
        batch = base.execute("SELECT id FROM crm.import_batch").fetchone()
        assert batch is not None
        if killed_at < TICKETS:
            going_on = [*command, "--resume", str(batch[0])]
            done = subprocess.run(going_on, env=environment, capture_output=True, check=True)
            counts = json.loads(done.stdout)["counts"]
            assert counts["ticket_known"] == killed_at
            assert counts["ticket_created"] == TICKETS - killed_at
        assert counted("*") == counted("DISTINCT external_number") == TICKETS
