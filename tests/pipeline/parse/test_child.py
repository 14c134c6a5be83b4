import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from documents import make_scan

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.child_process import ParserChild
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import MIB, ParseLimits

SLOW = ("*a **b " * 200_000 + "[" * 50_000).encode()
LIMITS = ParseLimits(memory_bytes=512 * MIB)


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    pool = ParserPool(2)
    yield pool
    pool.close()


async def read(
    pool: ParserPool, data: bytes | Path, name: str = "a.txt", **limits: object
) -> ParsedDocument:
    return await pool.parse(
        data,
        name=name,
        declared_type=None,
        limits=ParseLimits(**{"memory_bytes": 512 * MIB, **limits}),
    )


async def test_a_document_comes_back_whole(pool: ParserPool, tmp_path: Path) -> None:
    path = tmp_path / "férias.md"
    path.write_text("# Férias\n\nTrinta dias — “úteis” 😀.", encoding="utf-8")
    from_bytes = await read(pool, path.read_bytes(), "férias.md")
    from_path = await read(pool, path, "férias.md")
    assert from_bytes == from_path
    assert from_bytes.text == "Férias\n\nTrinta dias — “úteis” 😀."
    assert from_bytes.blocks[0].kind == "heading"


async def test_one_child_serves_many_documents_and_retires_when_idle() -> None:
    pool = ParserPool(1, idle_seconds=0.2)
    try:
        await read(pool, b"um")
        first = pool.idle_pids()
        await read(pool, b"dois")
        assert pool.idle_pids() == first
        deadline = time.monotonic() + 10
        while psutil.pid_exists(first[0]) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        assert not psutil.pid_exists(first[0])
        assert pool.idle_pids() == []
    finally:
        pool.close()


async def test_a_child_is_replaced_after_its_share_of_documents() -> None:
    pool = ParserPool(1, max_documents=1)
    try:
        await read(pool, b"um")
        assert pool.idle_pids() == []
    finally:
        pool.close()


async def test_errors_come_back_with_code_and_details(pool: ParserPool) -> None:
    with pytest.raises(AppError) as caught:
        await read(pool, bytes(4) + b"ftypheic" + bytes(50))
    assert caught.value.code == "unsupported_media_type"
    assert "foto HEIC" in caught.value.text
    assert (await read(pool, b"segue lendo")).text == "segue lendo"


async def test_empty_and_oversized_documents_never_reach_a_child(pool: ParserPool) -> None:
    with pytest.raises(AppError, match="empty_file"):
        await read(pool, b"")
    with pytest.raises(AppError, match="document_too_large"):
        await read(pool, b"x" * 2000, max_input_bytes=1000)
    assert pool.idle_pids() == []


async def test_a_parse_past_its_time_is_killed_and_explained(pool: ParserPool) -> None:

    with pytest.raises(AppError) as caught:
        await read(pool, SLOW, "a.md", wall_seconds=0.5)
    assert caught.value.code == "parser_timeout"
    assert (await read(pool, b"segue lendo")).text == "segue lendo"


@pytest.mark.skipif(sys.platform == "win32", reason="processor limits are POSIX")
@pytest.mark.slow
async def test_processor_time_is_limited_too(pool: ParserPool) -> None:

    with pytest.raises(AppError, match="parser_timeout"):
        await read(pool, SLOW, "a.md", cpu_seconds=1, wall_seconds=60.0)


@pytest.mark.skipif(sys.platform != "linux", reason="the address space limit holds on Linux")
async def test_memory_is_limited(pool: ParserPool) -> None:
    data = b"<p>" + b"<b>x</b>" * 4_000_000
    with pytest.raises(AppError, match="parser_memory_limit"):
        await read(pool, data, "a.html", memory_bytes=200 * MIB)


async def test_cancelling_kills_the_child_at_once(pool: ParserPool) -> None:

    task = asyncio.create_task(read(pool, SLOW, "a.md"))
    while not (busy := [child.pid for child in pool._busy]):
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    deadline = time.monotonic() + 10
    while any(psutil.pid_exists(pid) for pid in busy) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not any(psutil.pid_exists(pid) for pid in busy)


async def test_the_event_loop_is_free_while_documents_are_read(pool: ParserPool) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(AppError):
        await read(pool, SLOW, "a.md", wall_seconds=1.0)
    ticking.cancel()
    assert ticks > 20


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("number", ["SIGSEGV", "SIGKILL", "SIGABRT"])
def test_a_child_that_dies_is_explained_and_leaves_nothing(number: str) -> None:
    child = ParserChild(256 * MIB)
    folder = child._folder
    os.kill(child.pid, getattr(signal, number))
    request = {"name": None, "declared_type": None}
    with pytest.raises(AppError) as caught:
        child.ask(b"texto", request, LIMITS, lambda *_: None, lambda *_: None)
    # A document that was read by whoever was killed is not to blame: it is tried again.
    assert (caught.value.code, caught.value.retryable) == ("parser_crashed", True)
    assert not folder.exists()
    assert not child.alive


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_child_does_not_outlive_a_killed_worker() -> None:
    script = textwrap.dedent(
        """
        import time
        from cogep_assist.pipeline.parse.child_process import ParserChild
        child = ParserChild(256 << 20)
        print(child.pid, flush=True)
        time.sleep(60)
        """
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    pid = int(worker.stdout.readline())
    worker.kill()
    worker.wait()
    worker.stdout.close()
    deadline = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_child_knows_nothing_of_its_parents_secrets() -> None:
    os.environ["COGEP_TESTE_SEGREDO"] = "segredo"
    try:
        child = ParserChild(256 * MIB)
    finally:
        del os.environ["COGEP_TESTE_SEGREDO"]
    try:
        assert "COGEP_TESTE_SEGREDO" not in psutil.Process(child.pid).environ()
        assert Path(tempfile.gettempdir()) in child._folder.parents
    finally:
        child.close()
    assert not child._folder.exists()


def test_nothing_is_inherited_but_the_pipes() -> None:
    with tempfile.TemporaryFile() as secret:
        os.set_inheritable(secret.fileno(), True)
        child = ParserChild(256 * MIB)
        try:
            if sys.platform == "linux":
                opened = _open_files(child.pid)
                assert any(name.startswith("pipe") for name in opened)
                assert not [
                    name for name in opened if "deleted" in name or name.startswith("socket")
                ]
        finally:
            child.close()


def _open_files(pid: int) -> list[str]:
    """What a process has open; the modules that it reads and closes meanwhile are left out."""
    names = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        # What was inherited stays open, so a link gone between two calls was opened by the child.
        with contextlib.suppress(FileNotFoundError):
            names.append(str(link.readlink()))
    return names


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
async def test_what_the_child_started_is_killed_with_it(
    pool: ParserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for tesseract never ends; its process must, with the child that waits for it."""
    # The child can write nowhere else, so its process is known by how long it would sleep.
    mark = f"300.{os.getpid()}"
    program = tmp_path / "tesseract"
    program.write_text(
        '#!/bin/sh\ncase "$1" in --list-langs) echo por;; --version) echo tesseract 5;; '
        f"*) exec sleep {mark};; esac\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    reading = asyncio.create_task(read(pool, make_scan(), "a.pdf", ocr_wall_seconds=2.0))
    grandchild = None
    while not reading.done():
        grandchild = grandchild or _sleeping(mark)
        await asyncio.sleep(0.05)
    with pytest.raises(AppError, match="parser_timeout"):
        await reading
    assert grandchild is not None
    deadline = time.monotonic() + 10
    while _runs(grandchild) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert not _runs(grandchild)


def test_folders_of_killed_workers_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    left = tmp_path / f"cogep-parse-{finished.pid}-x"
    mine = tmp_path / f"cogep-parse-{os.getpid()}-x"
    other = tmp_path / "cogep-parse-notas"
    for folder in (left, mine, other):
        folder.mkdir()
    ParserPool(1).close()
    assert not left.exists()
    assert mine.exists()
    assert other.exists()


def _sleeping(mark: str) -> int | None:
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.cmdline() == ["sleep", mark]:
                return process.pid
    return None
