"""A disk that is full for a while."""

import asyncio
import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from chaos.faults import Fault
from chaos.installation import Installation

SIZE = "400m"
# With so much log at most, the rest of the disk is the load's.
SERVER_SETTINGS = {"max_wal_size": "64MB", "min_wal_size": "32MB"}


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a file system of its own, small enough to be filled."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(folder)]
    try:
        subprocess.run(["mount", *options], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def fill_the_disk(folder: Path) -> Fault:
    """Return the fault: no byte is left, intake says so in words, and then there is room."""

    async def fill(installation: Installation, rng: random.Random) -> None:
        with _filled(folder):
            await _is_refused(installation)
            await asyncio.sleep(rng.uniform(0, 1))
        # A server that could not even write its log may have ended.
        await asyncio.to_thread(installation.revive_database)

    fill.__name__ = "fill_the_disk"
    return fill


@contextlib.contextmanager
def _filled(folder: Path) -> Iterator[None]:
    ballast = folder / "lastro"
    with ballast.open("wb", buffering=0) as file:
        for step in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), step)
    try:
        yield
    finally:
        ballast.unlink()


async def _is_refused(installation: Installation) -> None:
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
