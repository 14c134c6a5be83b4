"""How soon a job runs again whose worker was killed."""

import asyncio
import math
import sys
import time
from uuid import UUID

import httpx2
import sqlalchemy as sa

from chaos.installation import Installation
from cogep_assist.core.models import IngestionJob, JobStatus, Worker


async def submit_url(installation: Installation, url: str) -> UUID:
    async with httpx2.AsyncClient(base_url=installation.address, trust_env=False) as client:
        reply = await client.post(
            "/ingest",
            json={"url": url, "collection": "lento"},
            headers={"Authorization": f"Bearer {installation.key}"},
        )
    assert reply.status_code == 202, reply.text
    return UUID(reply.json()["id"])


async def attempt_of(installation: Installation, job_id: UUID) -> tuple[int, JobStatus]:
    async with installation.database.begin() as session:
        row = (
            await session.execute(
                sa.select(IngestionJob.attempts, IngestionJob.status).where(
                    IngestionJob.id == job_id
                )
            )
        ).one()
    return row.attempts, row.status


async def until_processing(installation: Installation, job_id: UUID) -> int:
    """Wait until a job runs, and return the process that holds it."""
    holder = (
        sa.select(Worker.process_id)
        .join(IngestionJob, IngestionJob.worker_id == Worker.id)
        .where(IngestionJob.id == job_id, IngestionJob.status == JobStatus.PROCESSING)
    )
    async with asyncio.timeout(30):
        while True:
            async with installation.database.begin() as session:
                found = await session.scalar(holder)
            if found is not None:
                return found
            await asyncio.sleep(0.02)


async def running_again(
    installation: Installation, jobs: list[UUID], attempt: int, seconds: float = 30
) -> float:
    """Wait until jobs run for the nth time; return the seconds from now until the last does."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        for job_id in jobs:
            while (await attempt_of(installation, job_id))[0] < attempt:
                await asyncio.sleep(0.02)
    return time.monotonic() - began


def p95(times: list[float]) -> float:
    """The 95th percentile, by nearest rank."""
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def report_times(what: str, times: list[float]) -> None:
    """Say the figure where ``-s`` or a failure shows it."""
    middle = sorted(times)[len(times) // 2]
    sys.stdout.write(f"{what}: p50 {middle:.2f} s, p95 {p95(times):.2f} s, n={len(times)}\n")
