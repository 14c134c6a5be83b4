"""Second half of ``cogep up``, in a process of its own: what a person sees once all runs."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from cogep_assist import sample
from cogep_assist.cli import app as cogep
from cogep_assist.cli.console import err, out
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.failure import report
from cogep_assist.cli.job_progress import job_progress
from cogep_assist.cli.link import sign_in_address
from cogep_assist.cli.waiting import has_worker, wait_for_jobs
from cogep_assist.core.access import SYSTEM, create_sign_in_link
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, IngestionJob, JobStatus, Role

LINK_MINUTES = 60
_WORKER_SECONDS = 30.0
_LATE = {"seconds": int(_WORKER_SECONDS), "path": "logs/cogep.log"}


def main(arguments: list[str]) -> int:
    """Show the sample's answer if it was just sent, then the address and the way in."""
    folder, address, sent = Path(arguments[0]), arguments[1], arguments[2] == "sample"
    settings = settings_for(folder)
    if sent:
        failed = on_database(settings, lambda database: _wait_for_sample(settings, database))
        if failed:
            err().print(f"{failed} documentos do exemplo falharam; veja cogep jobs.", style="red")
        question = sample.questions()[0].question
        out().print(f"\nPergunta de exemplo: [bold]{question}[/bold]\n", markup=True)
        cogep.run(["ask", question, "--data-dir", str(folder)])
        out().print()
    token = on_database(settings, _make_link)
    link = sign_in_address(settings.public_url or address, token)
    out().print(f"COGEP Assist em [bold]{address}[/bold]", markup=True)
    out().print(f"Para entrar, abra este link (vale uma vez, por {LINK_MINUTES} minutos):")
    # Plain and unwrapped, so that it can be copied whole.
    sys.stdout.write(f"{link}\n")
    out().print("Outro link: cogep link. Para parar: Ctrl-C.", style="dim")
    return 0


async def _wait_for_sample(settings: Settings, database: Database) -> int:
    async with asyncio.timeout(_WORKER_SECONDS):
        while not await has_worker(database):  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.2)
    ids = await _sample_jobs(database)
    with job_progress(len(ids)) as tell:
        await wait_for_jobs(settings, database, ids, tell=tell)
    async with database.begin() as session:
        return (
            await session.scalar(
                sa.select(sa.func.count())
                .select_from(IngestionJob)
                .where(IngestionJob.id.in_(ids), IngestionJob.status == JobStatus.FAILED)
            )
        ) or 0


async def _sample_jobs(database: Database) -> Sequence[UUID]:
    async with database.begin() as session:
        return list(
            await session.scalars(
                sa.select(IngestionJob.id)
                .join(Collection, Collection.id == IngestionJob.collection_id)
                .where(Collection.name == sample.COLLECTION)
            )
        )


async def _make_link(database: Database) -> str:
    async with database.begin() as session:
        return await create_sign_in_link(session, Role.ADMIN, LINK_MINUTES, by=SYSTEM)


def _guarded(arguments: list[str]) -> int:
    """Greet; whatever fails here is a sentence, and what runs goes on running."""
    try:
        return main(arguments)
    except KeyboardInterrupt:
        return 130
    except TimeoutError:
        return report(AppError("not_ready_in_time", name="O trabalhador", **_LATE))
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, never a trace
        return report(error)


if __name__ == "__main__":
    sys.exit(_guarded(sys.argv[1:]))
