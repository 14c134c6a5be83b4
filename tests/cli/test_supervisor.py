"""The supervisor: restarts what crashes, gives up with the cause, leaves nobody behind."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cogep_assist.cli.supervisor import (
    Child,
    LogFile,
    RestartPolicy,
    Supervisor,
    explain_end,
)
from cogep_assist.core.errors import AppError

QUICK = RestartPolicy(fast_crash=60, give_up_after=3, first_pause=0.01, longest_pause=0.02)
# What every child of ours does: it lives until the supervisor lets go.
OBEDIENT = "import sys; print('pronto', flush=True); sys.stdin.read(); print('fim', flush=True)"
DEAF = "import time; print('pronto', flush=True); time.sleep(600)"


def child(program: str, *, name: str = "o trabalhador", grace: float = 10) -> Child:
    return Child(name, [sys.executable, "-c", program], grace)


def supervise(folder: Path, *children: Child, said: list[str] | None = None) -> Supervisor:
    say: Callable[[str], None] = (said if said is not None else []).append
    return Supervisor(children, LogFile(folder / "cogep.log", echo=False), say=say, policy=QUICK)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_ready(one: Child) -> bool:
    return "pronto" in one.tail


def test_stops_children_in_order_and_keeps_what_they_said(tmp_path: Path) -> None:
    first, second = child(OBEDIENT), child(OBEDIENT, name="a API")
    said: list[str] = []
    supervisor = supervise(tmp_path, first, second, said=said)
    supervisor.start()
    assert wait_until(lambda: is_ready(first) and is_ready(second))
    supervisor.stop()
    assert said == ["Parando o trabalhador…", "Parando a API…"]
    assert first.process is not None
    assert first.process.returncode == 0
    assert (tmp_path / "cogep.log").read_text().splitlines().count("fim") == 2


def test_starts_again_what_was_killed(tmp_path: Path) -> None:
    one = child(OBEDIENT)
    said: list[str] = []
    supervisor = supervise(tmp_path, one, said=said)
    stop = threading.Event()
    supervisor.start()
    first = one.pid
    assert first is not None
    killed = False

    def each_tick() -> None:
        nonlocal killed
        if not killed:
            psutil.Process(first).kill()
            killed = True
        elif one.restarts and is_ready(one):
            stop.set()

    supervisor.watch(stop, each_tick=each_tick)
    assert one.pid not in {None, first}
    supervisor.stop()
    assert any("reiniciando" in line for line in said)


def test_gives_up_on_what_cannot_start_and_says_why(tmp_path: Path) -> None:
    hopeless = "print('Erro: A porta 8000 está em uso. [port_in_use]'); raise SystemExit(1)"
    well = child(OBEDIENT, name="a API")
    supervisor = supervise(tmp_path, child(hopeless), well)
    supervisor.start()
    with pytest.raises(AppError) as caught:
        supervisor.watch(threading.Event())
    supervisor.stop()
    assert caught.value.code == "child_gave_up"
    assert "3 vezes" in caught.value.message
    assert "A porta 8000 está em uso" in caught.value.message
    assert well.pid is None


def test_a_child_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    deaf = child(DEAF, grace=0.2)
    supervisor = supervise(tmp_path, deaf)
    supervisor.start()
    assert wait_until(lambda: is_ready(deaf))
    pid = deaf.pid
    assert pid is not None
    supervisor.stop()
    assert not psutil.pid_exists(pid)


def test_a_second_interrupt_ends_all_at_once(tmp_path: Path) -> None:
    deaf = child(DEAF, grace=600)
    supervisor = supervise(tmp_path, deaf)
    supervisor.start()
    pid = deaf.pid
    assert pid is not None
    supervisor.kill()
    assert not psutil.pid_exists(pid)


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs" / "cogep.log", echo=False)
    for _ in range(12):
        log.write(b"x" * 2**20 + b"\n")
    assert (tmp_path / "logs/cogep.log").stat().st_size < 11 * 2**20
    assert (tmp_path / "logs/cogep.log.1").exists()


@pytest.mark.parametrize(
    ("status", "tail", "expected"),
    [
        (1, ["ruído", "Erro: O disco está cheio. [disk_full]", ""], "O disco está cheio."),
        (1, ['{"level": "error", "event": "database_away"}'], "database_away"),
        (1, ["Traceback", "ValueError: algo"], "ValueError: algo"),
        (3, [], "código de saída 3"),
        (-int(signal.SIGTERM), [], "encerrado pelo sinal 15"),
        (-9, ["última linha"], "encerrado à força; talvez por falta de memória"),
    ],
)
def test_explains_the_end_of_a_process(status: int, tail: list[str], expected: str) -> None:
    assert expected in explain_end(status, tail)


def test_pauses_grow_to_a_limit() -> None:
    policy = RestartPolicy(first_pause=0.5, longest_pause=30)
    assert [policy.pause(n) for n in (1, 2, 3, 10)] == [0.5, 1.0, 2.0, 30.0]
