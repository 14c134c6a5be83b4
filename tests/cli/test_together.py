"""A child that another process forked: awaited, stopped and killed like one of our own."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import pytest

from cogep_assist.cli.adopted import Adopted, adopt_orphans
from cogep_assist.cli.supervisor import Child, LogFile, RestartPolicy, Supervisor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux")

OBEDIENT = "import sys; print('pronto', flush=True); sys.stdin.read()"
# The orphan lives until it is let go; its parent is the other half of a pair, or ends at once.
FORKING = """
import os, sys
from cogep_assist.cli.shown_command import show_command
from cogep_assist.cli.together import fork_orphan
worker_in, worker_out, news = map(int, sys.argv[1:4])
number = fork_orphan()
if number:
    os.write(news, b"%d" % number)
else:
    os.dup2(worker_in, 0)
    os.dup2(worker_out, 1)
    show_command(["cogep", "worker"], "cogep-worker")
for end in (worker_in, worker_out, news):
    os.close(end)
print("pronto", flush=True)
sys.stdin.read()
sys.exit(0 if number else 7)
"""
PADDING = "-" * 40


def start_pair(
    _: Mapping[str, str] | None = None, program: str = FORKING
) -> tuple[Adopted, subprocess.Popen[bytes]]:
    assert adopt_orphans(True)
    (worker_in, our_out), (our_in, worker_out), (told, news) = os.pipe(), os.pipe(), os.pipe()
    given = (worker_in, worker_out, news)
    parent = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, given), PADDING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=given,
    )
    for end in given:
        os.close(end)
    return Adopted(told, os.fdopen(our_out, "wb", 0), os.fdopen(our_in, "rb")), parent


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        pause.wait(0.02)
    return False


def test_is_told_how_an_adopted_child_ended() -> None:
    worker, parent = start_pair()
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert parent.stdout is not None
    with worker.stdin, worker.stdout, parent.stdout:
        assert worker.stdout.readline() == b"pronto\n"
        assert wait_until(lambda: worker.poll() is None and worker.pid > 0)
        listed = psutil.Process(worker.pid)
        assert listed.ppid() == os.getpid()
        assert listed.cmdline()[:2] == ["cogep", "worker"]
        # The half that forked it may go before it.
        parent.kill()
        parent.wait(10)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.05)
        worker.stdin.close()
        assert worker.wait(10) == 7
    assert parent.stdin is not None
    parent.stdin.close()


def test_an_adopted_child_is_killed_also_before_it_is_known() -> None:
    worker, parent = start_pair()
    worker.kill()
    assert worker.wait(30) == -9
    # Who should have forked it ended first: there is nobody, and that is told.
    nobody, failed = start_pair(program="raise SystemExit(3)")
    assert nobody.wait(30) == 1
    assert nobody.poll() == 1
    for process in (worker, parent, nobody, failed):
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
    parent.wait(10)
    failed.wait(10)


def test_what_was_started_together_is_started_again_alone(tmp_path: Path) -> None:
    before = psutil.Process().children()
    own = [sys.executable, "-c", OBEDIENT]
    worker, api = Child("o trabalhador", own, 10), Child("a API", own, 10)
    supervisor = Supervisor(
        [worker, api],
        LogFile(tmp_path / "cogep.log", echo=False),
        say=lambda _: None,
        policy=RestartPolicy(fast_crash=60, first_pause=0.01),
        together=start_pair,
    )

    def both_ready() -> bool:
        supervisor.tend()
        return "pronto" in worker.tail and "pronto" in api.tail and bool(worker.pid)

    supervisor.start()
    assert wait_until(both_ready)
    untouched, first = api.pid, worker.pid
    assert first is not None
    psutil.Process(first).kill()
    assert wait_until(lambda: both_ready() and worker.pid != first)
    assert api.pid == untouched
    assert isinstance(worker.process, subprocess.Popen)
    supervisor.stop()
    assert worker.process.returncode == 0
    assert set(psutil.Process().children()) <= set(before)
