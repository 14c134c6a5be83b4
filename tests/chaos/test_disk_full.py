"""The database's disk fills up: intake says so, nothing accepted is lost, work goes on after."""

import asyncio
import contextlib
import os
import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from chaos.history import History
from chaos.installation import COGEP, Installation, installed
from chaos.invariants import check, settled
from chaos.load import clients, new_document
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.models import IngestionJob, JobStatus
from cogep_assist.core.queue import INGESTION, retry

pytestmark = pytest.mark.timeout(0)
DISK = "320m"
FULL_SECONDS = 4.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, small enough to be filled."""
    folder = tmp_path / "disco"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", str(folder)]
    try:
        subprocess.run(["mount", *options], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


@pytest.fixture
async def installation(small_disk: Path) -> AsyncIterator[Installation]:
    async with installed(small_disk, max_wal_size="64MB", min_wal_size="32MB") as made:
        serve = (*COGEP, "serve", "--host", "127.0.0.1", "--port", str(made.port))
        made.add("serve", serve)
        made.add("worker1", (*COGEP, "worker"))
        await made.until(lambda: made.is_ready, 60, "the API is ready")
        yield made


async def test_what_was_accepted_before_and_during_is_done_after(
    installation: Installation, small_disk: Path, rng: random.Random
) -> None:
    history = History()
    async with clients(installation.address, installation.key, history, rng) as load:
        submitting = [
            asyncio.create_task(load.submit_versions(new_document(), 3)) for _ in range(6)
        ]
        await asyncio.sleep(rng.uniform(0.2, 1.0))
        with filled(small_disk):
            await asyncio.sleep(FULL_SECONDS)
            await refuses_in_one_shape(installation)
        # A server that could not even write its log may have ended.
        await asyncio.to_thread(installation.revive_database)
        await asyncio.wait_for(asyncio.gather(*submitting), 90)
        await settled(installation)
        await retry_what_failed_for_want_of_space(installation)
        await settled(installation)
    await check(installation, history, disturbances=6)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Take every byte that is left on a disk."""
    ballast = folder / "lastro"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(os.urandom(65536))
    try:
        yield
    finally:
        ballast.unlink()


async def refuses_in_one_shape(installation: Installation) -> None:
    """A large submission cannot be kept now: it is refused, and with the error shape."""
    async with httpx2.AsyncClient(base_url=installation.address, trust_env=False) as client:
        reply = await client.post(
            "/ingest",
            json={"text": "ofício circular " * 60_000, "collection": "cheio"},
            headers={"Authorization": f"Bearer {installation.key}"},
            timeout=30,
        )
    assert reply.status_code in {503, 507}, reply.text
    assert reply.json()["error"]["message"]


async def retry_what_failed_for_want_of_space(installation: Installation) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(DBAPIError):
                async with installation.database.begin() as session:
                    failed = await session.scalars(
                        sa.select(IngestionJob.id).where(
                            IngestionJob.status == JobStatus.FAILED,
                            IngestionJob.error_code == "database_disk_full",
                        )
                    )
                    for job_id in failed:
                        await retry(session, INGESTION, job_id)
                return
            await asyncio.sleep(0.2)
