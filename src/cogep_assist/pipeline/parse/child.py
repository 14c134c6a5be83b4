"""Parse documents in limited children: a small pool that is empty when nobody needs it."""

import asyncio
import atexit
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import psutil

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.child_process import FOLDER_PREFIX, ParserChild, Progress
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.limits import MIB, ParseLimits
from cogep_assist.pipeline.parse.mail_reply import ParsedMail, judge_mail
from cogep_assist.pipeline.parse.message_reply import Parted, Written, judge_messages
from cogep_assist.pipeline.parse.picture_reply import judge_picture
from cogep_assist.pipeline.parse.reply import judge_reply

__all__ = ["ParseLimits", "ParserPool", "parse_in_child", "parser_pool"]

_IDLE_SECONDS = 30.0
_MAX_DOCUMENTS = 200
_RECYCLE_BYTES = 192 * MIB
T = TypeVar("T")


async def parse_in_child(
    data: bytes | Path,
    *,
    name: str | None,
    declared_type: str | None,
    limits: ParseLimits,
    progress: Progress | None = None,
) -> ParsedDocument:
    """Parse a document in a child process that cannot reach the network.

    ``progress(stage, done, total)`` is called from another thread while pages are read by OCR.
    Raises AppError with one of the codes of the parse catalogue. Cancelling kills the child.
    """
    return await parser_pool().parse(
        data, name=name, declared_type=declared_type, limits=limits, progress=progress
    )


class ParserPool:
    """Keep at most `parsers` children, each for half a minute after its last document."""

    def __init__(
        self,
        parsers: int = 0,
        *,
        idle_seconds: float = _IDLE_SECONDS,
        max_documents: int = _MAX_DOCUMENTS,
        recycle_bytes: int = _RECYCLE_BYTES,
    ) -> None:
        _sweep_folders()
        self._idle_seconds = idle_seconds
        self._max_documents = max_documents
        self._recycle_bytes = recycle_bytes
        self._lock = threading.Lock()
        self._idle: list[tuple[ParserChild, threading.Timer]] = []
        self._busy: set[ParserChild] = set()
        self._most = parsers or os.cpu_count() or 1
        # A child dies with the thread that started it (Linux), so its threads last as the pool.
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="parser")

    async def parse(
        self,
        data: bytes | Path,
        *,
        name: str | None,
        declared_type: str | None,
        limits: ParseLimits,
        progress: Progress | None = None,
    ) -> ParsedDocument:
        """Parse one document; waits while all children are busy."""
        task = _Task(
            data,
            {"name": name, "declared_type": declared_type},
            limits,
            progress or _no_progress,
            lambda header, body: judge_reply(header, body, limits),
        )
        return await self._done(task)

    async def parse_mail(self, data: bytes, *, limits: ParseLimits) -> ParsedMail:
        """Read one e-mail for the desk; waits while all children are busy."""
        task = _Task(data, {"task": "mail"}, limits, _no_progress, judge_mail)
        return await self._done(task)

    async def part_messages(
        self, written: Sequence[Written], *, limits: ParseLimits
    ) -> list[Parted]:
        """Return the new and the quoted words of messages, each HTML or plain, in order."""
        data = json.dumps(list(written)).encode()
        task = _Task(
            data,
            {"task": "messages"},
            limits,
            _no_progress,
            lambda header, body: judge_messages(header, body, len(written)),
        )
        return await self._done(task)

    async def draw_page(
        self, data: bytes, number: int, quote: str, *, limits: ParseLimits
    ) -> bytes:
        """Draw a page of a PDF (a quote marked) or a picture as PNG; waits while all are busy."""
        request = {"task": "picture", "page": number, "quote": quote}
        return await self._done(_Task(data, request, limits, _no_progress, judge_picture))

    async def _done(self, task: "_Task[T]") -> T:
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._run, task)
        try:
            return await running
        except asyncio.CancelledError:
            task.cancel()
            raise

    def isolation(self) -> tuple[str, ...]:
        """Start a child, if none waits, and return the measures that hold it; blocks."""
        child = self._take(ParseLimits().memory_bytes)
        self._give_back(child)
        return child.isolation

    def idle_pids(self) -> list[int]:
        """Return the process ids of the children that wait for work."""
        with self._lock:
            return [child.pid for child, _ in self._idle]

    def close(self) -> None:
        """Kill every child and refuse further work; blocks until their threads are done."""
        with self._lock:
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for child, timer in idle:
            timer.cancel()
            child.close()
        for child in busy:
            child.kill("closed")
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, task: "_Task[T]") -> T:
        task.refuse_oversize()
        child = self._take(task.limits.memory_bytes)
        try:
            task.attach(child)
            return child.ask(task.data, task.request, task.limits, task.progress, task.judge)
        finally:
            task.detach()
            self._give_back(child)

    def _take(self, memory_bytes: int) -> ParserChild:
        child = self._take_waiting(memory_bytes)
        if child is None:
            child = ParserChild(memory_bytes)
        with self._lock:
            self._busy.add(child)
        return child

    def _take_waiting(self, memory_bytes: int) -> ParserChild | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                child, timer = self._idle.pop()
            timer.cancel()
            if child.memory_bytes == memory_bytes and child.alive:
                return child
            child.close()

    def _give_back(self, child: ParserChild) -> None:
        with self._lock:
            self._busy.discard(child)
            if (
                child.alive
                # Fewer would have parsers that work side by side start a child per document.
                and len(self._idle) < self._most
                and child.documents < self._max_documents
                and child.peak_bytes < self._recycle_bytes
            ):
                timer = threading.Timer(self._idle_seconds, self._retire, args=(child,))
                timer.daemon = True
                self._idle.append((child, timer))
                timer.start()
                return
        child.close()

    def _retire(self, child: ParserChild) -> None:
        with self._lock:
            kept = [(other, timer) for other, timer in self._idle if other is not child]
            retired = len(kept) < len(self._idle)
            self._idle = kept
        if retired:
            child.close()


@dataclass
class _Task(Generic[T]):
    data: bytes | Path
    request: dict[str, Any]
    limits: ParseLimits
    progress: Progress
    judge: Callable[[dict[str, Any], bytes], T]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _child: ParserChild | None = None
    _cancelled: bool = False

    def refuse_oversize(self) -> None:
        size = len(self.data) if isinstance(self.data, bytes) else self.data.stat().st_size
        if size == 0:
            raise AppError("empty_file")
        if size > self.limits.max_input_bytes:
            raise AppError("document_too_large", limit_mib=self.limits.max_input_bytes >> 20)

    def attach(self, child: ParserChild) -> None:
        with self._lock:
            if self._cancelled:
                raise AppError("parser_cancelled")
            self._child = child

    def detach(self) -> None:
        with self._lock:
            self._child = None

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            if self._child is not None:
                self._child.kill("cancelled")


def _no_progress(_stage: str, _done: int, _total: int) -> None:
    return None


class _Shared:
    """The pool of this process, made when first needed and closed at exit."""

    pool: ParserPool | None = None
    lock = threading.Lock()


def parser_pool(parsers: int = 0) -> ParserPool:
    """Return this process's pool; the first call decides how many children work at once."""
    with _Shared.lock:
        if _Shared.pool is None:
            _Shared.pool = ParserPool(parsers)
            atexit.register(close_parser_pool)
        return _Shared.pool


def close_parser_pool() -> None:
    """Kill this process's parser children; a later parse starts anew."""
    with _Shared.lock:
        pool, _Shared.pool = _Shared.pool, None
    if pool is not None:
        pool.close()


def _sweep_folders() -> None:
    """Remove the working folders that killed workers left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        owner = re.fullmatch(rf"{FOLDER_PREFIX}(\d+)-.*", folder.name)
        if owner and not folder.is_symlink() and not psutil.pid_exists(int(owner.group(1))):
            shutil.rmtree(folder, ignore_errors=True)
