"""First half of ``cogep up``, in a process of its own: the database, its schema, the sample.

It speaks to the supervisor in lines of JSON on standard output and waits for its answers on
standard input. What it imports is gone from memory when it ends.
"""

import json
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cogep_assist.cli.context import settings_for
from cogep_assist.cli.database_refusal import refuse_unsuitable
from cogep_assist.cli.event_loop import run
from cogep_assist.cli.failure import as_app_error
from cogep_assist.core import schema, secret_key
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import DatabaseTarget, open_target
from cogep_assist.core.db import Database
from cogep_assist.core.embedded_cluster import prepare_data_dir
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ArchivedJob, Document, IngestionJob
from cogep_assist.ingestion_service.sample_base import sample_submissions
from cogep_assist.ingestion_service.submissions import submit


def main(arguments: list[str]) -> int:
    """Prepare the database of ``arguments[0]`` (a data folder, or empty for the default)."""
    folder, wants_sample = arguments[0], arguments[1] == "sample"
    try:
        settings = settings_for(Path(folder) if folder else None)
        external = settings.external_database is not None
        prepare_data_dir(settings.data_dir)
        tell("settings", data_dir=str(settings.data_dir), embedded=not external)
        if _released():
            return 0
        secret_key.load(settings)
        with open_target(settings, on_progress=lambda text: tell("progress", text=text)) as target:
            _migrate(target)
            sent = run(_send_sample(target, settings)) if wants_sample else 0
            port = target.embedded.port if target.embedded else None
            tell("ready", sample=sent, port=port)
            # The supervisor claims the database for itself before we let go of it.
            _released()
    except Exception as error:  # noqa: BLE001 - the supervisor must hear of any failure
        failure = as_app_error(error)
        tell("error", code=failure.code, details=failure.details)
        return 1
    return 0


def tell(event: str, **values: Any) -> None:
    """Write one line to the supervisor."""
    sys.stdout.write(json.dumps({"event": event, **values}, default=str) + "\n")
    sys.stdout.flush()


def _released() -> bool:
    """Wait for the supervisor's word; True when it went away instead."""
    return not sys.stdin.readline()


def _migrate(target: DatabaseTarget) -> None:
    refuse_unsuitable(target.owner)
    found = schema.current(target.owner)
    if found == schema.head():
        return
    if found is not None and found not in schema.known_revisions():
        raise AppError("schema_ahead", found=found)
    tell("progress", text="Aplicando as migrações do banco.")
    schema.upgrade(target.owner, on_wait=lambda holder: tell("progress", text=holder.text))


async def _send_sample(target: DatabaseTarget, settings: Settings) -> int:
    """Put the bundled documents into the queue of an empty base; returns how many."""
    database = Database(target.app, pool_size=1)
    try:
        async with database.begin() as session:
            used = await session.scalar(
                sa.select(
                    sa.or_(
                        *(
                            sa.exists(sa.select(table.id))
                            for table in (Document, IngestionJob, ArchivedJob)
                        )
                    )
                )
            )
        if used:
            return 0
        return len(await submit(database, SYSTEM, sample_submissions(settings)))
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
