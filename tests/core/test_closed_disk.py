"""A disk that becomes read-only under us: what runs is seen, says so, and stops."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cogep_assist.cli.app import run
from cogep_assist.cli.failure import as_app_error
from cogep_assist.core.embedded_keeper import live_leases, take_lease
from cogep_assist.core.embedded_postgres import ensure_running, find_running, release
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import FileLock, is_held


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Mount a folder over itself, for reading alone."""
    try:
        for options in (["--bind"], ["-o", "remount,ro,bind"]):
            subprocess.run(
                ["mount", *options, str(folder), str(folder)], check=True, capture_output=True
            )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting is not permitted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def test_a_lock_still_tells_who_lives(tmp_path: Path) -> None:
    lease, other = take_lease(tmp_path), FileLock(tmp_path / "outra")
    assert other.try_acquire()
    other.release()
    with closed(tmp_path):
        assert live_leases(tmp_path)
        assert is_held(lease.path)
        lease.release(remove=True)
        assert not live_leases(tmp_path)
        assert other.try_acquire()
        assert is_held(other.path)
        other.release()
        with pytest.raises(OSError, match="Read-only"):
            FileLock(tmp_path / "nova").try_acquire()


@pytest.mark.slow
def test_doctor_says_so_and_the_server_stops_with_its_last_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data_dir = tmp_path / "dados"
    monkeypatch.setenv("COGEP_DATA_DIR", str(data_dir))
    server = ensure_running(data_dir, extra_settings={"fsync": "off"})
    with closed(data_dir):
        with pytest.raises(AppError, match="data_dir_read_only"):
            ensure_running(data_dir)
        assert run(["doctor", "--json", "--only", "disk,database,migrations"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert {check["code"] for check in told["checks"]} >= {
            "data_dir_read_only",
            "doctor_database_ok",
            "doctor_schema_missing",
        }
        with pytest.raises(OSError, match="Read-only") as refused:
            (data_dir / "cópia.cogep").write_bytes(b"")
        assert as_app_error(refused.value).code == "path_read_only"
    with closed(data_dir / "postgres.users"):
        release(server)
        deadline = time.monotonic() + 20
        while find_running(data_dir) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert find_running(data_dir) is None
