"""Locks that live and die with their holder."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cogep_assist.core.embedded_keeper import live_leases, take_lease
from cogep_assist.core.file_lock import FileLock, is_held

HOLDER = """
import sys
from pathlib import Path
from cogep_assist.core.file_lock import FileLock
assert FileLock(Path(sys.argv[1])).try_acquire()
print("preso", flush=True)
sys.stdin.read()
"""


def test_only_one_holds_it(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "trava"), FileLock(tmp_path / "trava")
    assert not is_held(tmp_path / "trava")
    assert first.try_acquire()
    assert is_held(tmp_path / "trava")
    assert not second.try_acquire()
    assert not second.acquire(0.1)
    first.release()
    assert second.acquire(0.1)
    second.release(remove=True)
    assert not (tmp_path / "trava").exists()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "trava")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == b"preso"
    assert is_held(tmp_path / "trava")
    holder.kill()
    holder.communicate()
    assert not is_held(tmp_path / "trava")


@pytest.mark.skipif(sys.platform == "win32", reason="a held file cannot be removed on Windows")
def test_a_lock_on_a_removed_file_is_no_lock(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "trava"), FileLock(tmp_path / "trava")
    assert first.try_acquire()
    (tmp_path / "trava").unlink()
    assert second.try_acquire()
    assert is_held(tmp_path / "trava")
    first.release()
    second.release()


def test_leases_survive_a_sweep_at_any_moment(tmp_path: Path) -> None:
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            live_leases(tmp_path)
            time.sleep(0.001)

    sweepers = [threading.Thread(target=sweep) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.start()
    try:
        for _ in range(50):
            lease = take_lease(tmp_path)
            assert live_leases(tmp_path)
            lease.release(remove=True)
    finally:
        stop.set()
        for sweeper in sweepers:
            sweeper.join()
    assert not live_leases(tmp_path)
