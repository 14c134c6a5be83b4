"""A restore as an act: what it took off the chain, so that a verification can explain it.

Whoever restores a backup takes the acts since then out of the database; checkpoints kept elsewhere
still know of them. The act says which links those were. It is sealed by the installation's key, so
that nobody without it can explain a cut away.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core import audit, audit_commit
from cogep_assist.core.audit_chain import LINE, line_is_good, newest_seal
from cogep_assist.core.audit_checkpoints import kept_checkpoints
from cogep_assist.core.audit_report import CheckedCheckpoint
from cogep_assist.core.db import Database
from cogep_assist.core.principal import SYSTEM

RESTORED = "database_restored"
_ACTS = f"SELECT {LINE} FROM lgpd.audit_event e WHERE e.act = %s"  # noqa: S608 - our own constant
_DETAILS = audit_commit.COLUMNS.index("details")
_MOMENT = audit_commit.COLUMNS.index("occurred_at")


async def note_restored(restored: URL, data_dir: Path, made_at: datetime) -> None:
    """Write, into a database just restored, which links it lacks that this folder knows of."""
    known = [document.get("number") for document in kept_checkpoints(data_dir).values()]
    database = Database(restored, pool_size=1)
    try:
        async with database.begin() as session:
            tip = await newest_seal(session)
            last = tip.number if tip else 0
            details = {
                "backup_made_at": made_at.isoformat(),
                "last_link": last,
                "newest_known_link": max([n for n in known if isinstance(n, int)], default=last),
            }
            await audit.record(session, SYSTEM, RESTORED, "database", "-", details)
    finally:
        await database.close()


def explain(connection: psycopg.Connection[Any], checkpoints: Iterable[CheckedCheckpoint]) -> None:
    """Say of each checkpoint that the chain lacks whether a restore took its link off, and when.

    Only acts as the product wrote them count; one of another key explains nothing.
    """
    lost = [one for one in checkpoints if one.genuine and not one.in_chain]
    if not lost:
        return
    for (line,) in connection.execute(_ACTS, [RESTORED]):
        if not line_is_good(line, only_own=True):
            continue
        act = json.loads(line)
        for one in lost:
            if _took_off(act, one):
                one.restored_at = act[_MOMENT]


def _took_off(act: list[Any], checkpoint: CheckedCheckpoint) -> bool:
    told, number, sealed_at = act[_DETAILS], checkpoint.number, checkpoint.sealed_at
    # The chain has grown such numbers again since: only what was sealed before is explained.
    before = sealed_at is not None and (
        datetime.fromisoformat(sealed_at) < datetime.fromisoformat(act[_MOMENT])
    )
    return before and number is not None and told["last_link"] < number <= told["newest_known_link"]
