"""What ``cogep up`` does: everything on one machine, supervised.

This process stays for as long as the product runs and therefore imports little: what needs the
database, the models or the search happens in child processes.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cogep_assist.cli.console import err
from cogep_assist.cli.listening import address_for_people, answers, probe
from cogep_assist.cli.supervisor import Child, LogFile, Supervisor
from cogep_assist.cli.together import Pair
from cogep_assist.cli.up_steps import Preparation, Prepared, Welcome, command_line, stop_server
from cogep_assist.core.embedded_claim import Claim
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import UP_LOCK, FileLock

READY_SECONDS = 120.0
WORKER_GRACE_SECONDS = 35.0
API_GRACE_SECONDS = 15.0
DATABASE_CHECK_SECONDS = 2.0
HTTP_OK = 200
EXIT_INTERRUPTED = 130
# The last argument of a program of its own.
SAMPLE, NO_SAMPLE = "sample", "-"
_TICK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """Where this installation lives and answers."""

    host: str
    port: int
    data_dir: Path
    embedded: bool

    @property
    def address(self) -> str:
        """What a person opens."""
        return address_for_people(self.host, self.port)


def run(host: str, port: int, folder: str, *, sample: bool) -> None:
    """Run everything until Ctrl-C; ``folder`` is empty for the usual data folder."""
    interrupt = _Interrupt()
    _refuse_at_once(host, port)
    with Preparation(folder, sample=sample, say=_say) as preparation:
        place = Place(host, port, preparation.data_dir, preparation.embedded)
        with _only_one(place), _claimed(place) as claim:
            probe(host, port)
            prepared = preparation.finish()
            interrupt.is_a_request()
            _Run(place, claim, interrupt.asked, prepared).to_the_end()
    _say("Tudo parado.")


def _refuse_at_once(host: str, port: int) -> None:
    """Raise what ``probe`` does before anything is read in, which takes seconds.

    Not where one of ours answers there: it may be this folder's, and then more is to be said.
    """
    try:
        probe(host, port)
    except AppError as refusal:
        taken = refusal.code == "port_in_use"
        if not taken or answers(host, port, "/healthz", timeout_s=1.0) != HTTP_OK:
            raise


class _Interrupt:
    """Ctrl-C, SIGTERM or a closed terminal.

    Until everything runs it breaks off what is under way; from then on it asks for an orderly
    stop, and the second time for an immediate one.
    """

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._orderly = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def is_a_request(self) -> None:
        """From now on the first interrupt only asks."""
        self._orderly = True

    def _on_signal(self, *_: object) -> None:
        if not self._orderly or self.asked.is_set():
            raise KeyboardInterrupt
        self.asked.set()


class _Run:
    """The time during which everything runs."""

    def __init__(
        self, place: Place, claim: Claim | None, stop: threading.Event, prepared: Prepared
    ) -> None:
        self._place = place
        self._claim = claim
        self._stop = stop
        self._prepared = prepared
        self._log = LogFile(place.data_dir / "logs" / "cogep.log", echo=not err().is_terminal)
        self._next_look = 0.0
        settings = ["--data-dir", str(place.data_dir)]
        worker = ["worker", *settings]
        api = ["serve", "--host", place.host, "--port", str(place.port), *settings]
        self._supervisor = Supervisor(
            [
                Child("o trabalhador", command_line(*worker), WORKER_GRACE_SECONDS),
                Child("a API", command_line(*api), API_GRACE_SECONDS),
            ],
            self._log,
            say=_say,
            together=Pair(worker, api).start,
        )

    def to_the_end(self) -> None:
        """Start, greet, watch; on any way out leave no process behind."""
        try:
            self._supervisor.start()
            if self._wait_until_ready():
                self._greet()
                self._supervisor.watch(self._stop, each_tick=self._look_at_database)
        finally:
            self._stop_all()

    def _wait_until_ready(self) -> bool:
        _say("Iniciando a API e o trabalhador.")
        deadline = time.monotonic() + READY_SECONDS
        while answers(self._place.host, self._place.port, "/readyz") != HTTP_OK:
            if self._stop.wait(_TICK_SECONDS):
                return False
            self._supervisor.tend()
            if time.monotonic() > deadline:
                raise AppError(
                    "not_ready_in_time",
                    name="A API",
                    seconds=int(READY_SECONDS),
                    path=str(self._log.path),
                )
        return True

    def _greet(self) -> None:
        sent = "sample" if self._prepared.sample else "-"
        welcome = Welcome([str(self._place.data_dir), self._place.address, sent])
        try:
            while not welcome.ended and not self._stop.wait(_TICK_SECONDS):
                self._supervisor.tend()
        finally:
            welcome.stop()

    def _look_at_database(self) -> None:
        """Start the embedded server again if it has died; the children find it by themselves."""
        now = time.monotonic()
        if self._claim is None or now < self._next_look:
            return
        self._next_look = now + DATABASE_CHECK_SECONDS
        if self._claim.server_lives():
            return
        _say("O banco embutido parou; reiniciando.")
        with Preparation(str(self._place.data_dir), sample=False, say=_say) as preparation:
            port = preparation.finish().port
        if port != self._prepared.port:
            # Another program took its port meanwhile: the children must learn the new one.
            self._prepared = Prepared(self._prepared.sample, port)
            self._supervisor.restart()

    def _stop_all(self) -> None:
        try:
            self._supervisor.stop()
        except KeyboardInterrupt:
            self._supervisor.kill()


@contextlib.contextmanager
def _only_one(place: Place) -> Iterator[None]:
    """Refuse to run twice on one data folder, naming the address of the first."""
    lock, note = FileLock(place.data_dir / UP_LOCK), place.data_dir / "up.json"
    if not lock.try_acquire():
        first: dict[str, object] = {}
        with contextlib.suppress(OSError, ValueError):
            first = json.loads(note.read_text("utf-8"))
        raise AppError(
            "already_running",
            path=str(place.data_dir),
            url=first.get("url", "?"),
            pid=first.get("pid", "?"),
        )
    with lock:
        note.write_text(json.dumps({"url": place.address, "pid": os.getpid()}), "utf-8")
        try:
            yield
        finally:
            # The disk may have become read-only meanwhile; the lock, not the note, is what counts.
            with contextlib.suppress(OSError):
                note.unlink(missing_ok=True)


@contextlib.contextmanager
def _claimed(place: Place) -> Iterator[Claim | None]:
    """Keep the embedded server for as long as everything runs; it stops last."""
    if not place.embedded:
        yield None
        return
    claim = Claim(place.data_dir)
    try:
        yield claim
    finally:
        if claim.server_lives():
            _say("Parando o banco embutido…")
        if not claim.release():
            stop_server(place.data_dir)


def _say(text: str) -> None:
    # A terminal that was closed must not keep us from stopping in order.
    with contextlib.suppress(OSError):
        err().print(text, style="dim", markup=False)


def main(arguments: list[str]) -> int:
    """Run as a program of its own, which has parsed no command line; see ``cli.up``."""
    host, port, folder, sample = arguments
    try:
        run(host, int(port), folder, sample=sample == SAMPLE)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, never a trace
        from cogep_assist.cli.failure import report  # noqa: PLC0415 - only when it is needed

        return report(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
