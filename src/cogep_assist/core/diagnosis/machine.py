"""Checks of the machine: the command's whereabouts, disk, clock, OCR, outside services."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, fail, ok, skip, warn

_LITTLE_BYTES = 2 * 2**30
_TOO_LITTLE_BYTES = 200 * 2**20
_SKEW_SECONDS = 5.0
_SECONDS = 5.0
_POOLS_THAT_FORK = {"prefork", "processes"}


def check_command(
    path: str | None = None, *, prefix: str = sys.prefix, platform: str = sys.platform
) -> Finding:
    """Check that typing `cogep` runs this installation."""
    found = shutil.which("cogep", path=path)
    windows = platform == "win32"
    folder = Path(prefix) / ("Scripts" if windows else "bin")
    ways = {
        "folder": str(folder),
        "activate": f"{folder}\\Activate.ps1" if windows else f"source {folder}/activate",
        "program": str(folder / ("cogep.exe" if windows else "cogep")),
    }
    if found is None:
        return warn("command", "doctor_command_not_on_path", **ways)
    if Path(found).resolve().parent != folder.resolve():
        return warn("command", "doctor_command_elsewhere", found=found, **ways)
    return ok("command", "doctor_command_ok", path=found)


def check_disk(folder: Path) -> Finding:
    """Check that the data's place can be written, and the room left there."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        closed = hasattr(os, "statvfs") and os.statvfs(existing).f_flag & os.ST_RDONLY
        code = "data_dir_read_only" if closed else "data_dir_not_writable"
        return fail("disk", code, path=str(folder))
    free = shutil.disk_usage(existing).free
    details = {"path": str(folder), "free_mb": free // 2**20}
    if free < _TOO_LITTLE_BYTES:
        return fail("disk", "doctor_disk_full", **details)
    if free < _LITTLE_BYTES:
        return warn("disk", "doctor_disk_little", **details)
    return ok("disk", "doctor_disk_ok", **details)


def check_timezone(settings: Settings) -> Finding:
    """Tell the people's time zone and its time; a zone that nobody knows is no setting."""
    now = datetime.now(ZoneInfo(settings.timezone))
    return ok(
        "clock", "doctor_timezone_ok", timezone=settings.timezone, now=f"{now:%d/%m/%Y %H:%M}"
    )


async def check_clock(connection: Connection) -> Finding:
    """Compare this machine's clock with the database's, which alone decides due times."""
    before = datetime.now(UTC)
    rows = await fetch(connection, "SELECT clock_timestamp()")
    after = datetime.now(UTC)
    theirs = rows[0][0]
    middle = before + (after - before) / 2
    skew = abs((theirs - middle).total_seconds())
    if skew > _SKEW_SECONDS:
        return warn("clock", "doctor_clock_skew", seconds=int(skew))
    return ok("clock", "doctor_clock_ok")


def check_ocr(settings: Settings) -> Finding:
    """Check that scanned pages can be read in Portuguese."""
    if not settings.parse_ocr:
        return skip("ocr", "doctor_ocr_off")
    program = shutil.which("tesseract")
    if program is None:
        return warn("ocr", "doctor_ocr_missing")
    try:
        listed = subprocess.run(  # noqa: S603 - found on PATH, fixed argument
            [program, "--list-langs"], capture_output=True, timeout=20, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return warn("ocr", "doctor_ocr_broken", path=program)
    if "por" not in listed.stdout.split():
        return warn("ocr", "doctor_ocr_no_portuguese")
    return ok("ocr", "doctor_ocr_ok")


def check_pool(
    platform: str | None = None, commands: Iterable[Sequence[str]] | None = None
) -> list[Finding]:
    """Check that no Celery worker of this Windows machine uses a pool that forks."""
    if (platform or sys.platform) != "win32":
        return []
    running = _command_lines() if commands is None else commands
    forking = [
        command
        for command in running
        if "worker" in command and any("celery" in part for part in command) and _forks(command)
    ]
    if forking:
        return [fail("pool", "doctor_pool_prefork")]
    return [ok("pool", "doctor_pool_ok")]


def _forks(command: Sequence[str]) -> bool:
    for index, part in enumerate(command):
        name, _, value = part.partition("=")
        if name in {"-P", "--pool"}:
            chosen = value or (command[index + 1] if index + 1 < len(command) else "")
            return chosen in _POOLS_THAT_FORK
    # Celery forks unless told otherwise.
    return True


def _command_lines() -> list[list[str]]:
    return [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
