"""The embedded PostgreSQL: one starts it, the rest join, the last one out stops it."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from cogep_assist.core import embedded_cluster
from cogep_assist.core.embedded_cluster import Layout, explain_failed_start, port_is_free
from cogep_assist.core.embedded_memory import parallel_memory
from cogep_assist.core.embedded_postgres import (
    EmbeddedServer,
    ensure_running,
    find_running,
    release,
    running,
    stop,
)
from cogep_assist.core.errors import AppError

FAST = {"fsync": "off", "full_page_writes": "off"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes are POSIX matters")
USER = """
import sys, time
from pathlib import Path
from cogep_assist.core.embedded_postgres import ensure_running
server = ensure_running(Path(sys.argv[1]), extra_settings={"fsync": "off"})
print(int(server.started_here), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose server has been created and stopped."""
    folder = tmp_path_factory.mktemp("pristine")
    with running(folder, extra_settings=FAST):
        pass
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "dados"
    shutil.copytree(pristine, copy)
    owner = (pristine / "postgres").stat()
    if hasattr(os, "chown"):
        for path in [copy / "postgres", *(copy / "postgres").rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
    yield copy
    stop(copy)


def query(server: EmbeddedServer, text: str, role: str = "owner") -> object:
    address = server.url(role, driver="postgresql")  # type: ignore[arg-type]
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres/postmaster.pid").read_text().split()[0]))


def start_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_is_ready_for_portuguese_text_and_vectors(folder: Path) -> None:
    # As where the system has no place for memory that processes share.
    in_files = parallel_memory(folder / "absent")
    with running(folder, extra_settings={**FAST, **in_files}) as server:
        if sys.platform == "linux":
            assert query(server, "SHOW dynamic_shared_memory_type") == "mmap"
        assert query(server, "SELECT lower('AÇÃO ÉTICA')") == "ação ética"
        assert query(server, "SELECT '[1,2]'::vector <-> '[1,4]'::vector") == 2.0
        assert query(server, "SELECT current_setting('data_checksums')") == "on"
        assert query(server, "SELECT current_setting('listen_addresses')") == "127.0.0.1"
        assert query(server, "SELECT current_setting('fsync')") == "off"
        assert query(server, "SELECT current_user", "app") == "cogep_app"
        assert query(server, "SELECT pg_has_role('cogep_owner', 'cogep_app', 'SET')") is True


def test_databases_that_the_owner_creates_have_vectors(folder: Path) -> None:
    with running(folder, extra_settings=FAST) as server:
        query(server, "CREATE DATABASE provas")
        address = server.url("owner", database="provas", driver="postgresql")
        with psycopg.connect(address) as link:
            assert link.execute("SELECT '[1]'::vector::text").fetchone() == ("[1]",)


def test_nobody_enters_without_the_password(folder: Path) -> None:
    with running(folder, extra_settings=FAST) as server:
        secret = server.passwords["cogep_owner"]
        wrong = server.url("owner", driver="postgresql").replace(secret, "senha-errada")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        assert secret not in repr(server)


@POSIX
def test_passwords_and_data_are_closed_to_others(folder: Path) -> None:
    with running(folder, extra_settings=FAST):
        assert stat.S_IMODE((folder / "postgres.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
        assert postmaster(folder).uids().effective != 0


def test_the_log_keeps_no_statement_and_no_value(folder: Path) -> None:
    with running(folder, extra_settings=FAST) as server:
        with pytest.raises(psycopg.Error):
            query(server, "SELECT 'joão da conceição'::int")
        query(server, "CREATE TABLE pessoa (nome text UNIQUE)")
    said = (folder / "postgres/server.log").read_text("utf-8")
    assert "CREATE TABLE" not in said
    assert "STATEMENT" not in said


def test_a_second_caller_joins_and_the_last_one_out_stops_it(folder: Path) -> None:
    first = ensure_running(folder, extra_settings=FAST)
    second = ensure_running(folder)
    assert (first.started_here, second.started_here) == (True, False)
    assert second.port == first.port
    release(first)
    assert find_running(folder) is not None
    release(second)
    assert find_running(folder) is None
    assert not (folder / "postgres/postmaster.pid").exists()


def test_looking_does_not_count_as_using(folder: Path) -> None:
    assert find_running(folder) is None
    server = ensure_running(folder, extra_settings=FAST)
    seen = find_running(folder)
    assert seen is not None
    assert seen.url("owner") == server.url("owner")
    release(server)
    assert find_running(folder) is None


@pytest.mark.slow
def test_of_many_processes_exactly_one_starts_it(folder: Path) -> None:
    users = [start_user(folder) for _ in range(4)]
    started = [user.stdout.readline().strip() for user in users if user.stdout]
    assert sorted(started) == ["0", "0", "0", "1"]
    for user in users:
        user.communicate(timeout=30)
    assert wait_until(lambda: not (folder / "postgres/postmaster.pid").exists())


@POSIX
@pytest.mark.slow
def test_a_server_does_not_outlive_a_user_that_is_killed(folder: Path) -> None:
    user = start_user(folder)
    assert user.stdout
    assert user.stdout.readline() == "1\n"
    user.kill()
    user.communicate()
    assert wait_until(lambda: not (folder / "postgres/postmaster.pid").exists())


@POSIX
@pytest.mark.slow
def test_starts_again_after_everything_was_killed(folder: Path) -> None:
    server = ensure_running(folder, extra_settings={"fsync": "off"})
    query(server, "CREATE TABLE guarda AS SELECT 42 AS valor")
    victims = [postmaster(folder), *postmaster(folder).children()]
    for victim in victims:
        victim.send_signal(signal.SIGKILL)
    again = ensure_running(folder, extra_settings=FAST)
    assert again.started_here
    assert query(again, "SELECT valor FROM guarda") == 42
    release(again)
    release(server)


@POSIX
@pytest.mark.slow
def test_a_recycled_process_number_does_not_block_the_start(folder: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    note = f"{other.pid}\n{folder}/postgres\n{int(time.time())}\n5999\n\n127.0.0.1\n 1 1\nready\n"
    (folder / "postgres/postmaster.pid").write_text(note)
    try:
        assert find_running(folder) is None
        with running(folder, extra_settings=FAST) as server:
            assert query(server, "SELECT 7") == 7
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.slow
def test_keeps_its_port_and_moves_only_when_another_program_took_it(folder: Path) -> None:
    with running(folder, extra_settings=FAST) as server:
        usual = server.port
    squatter = socket.create_server(("127.0.0.1", usual))
    with squatter, running(folder, extra_settings=FAST) as server:
        moved = server.port
        assert query(server, "SELECT 1") == 1
    assert moved != usual
    with running(folder, extra_settings=FAST) as server:
        assert server.port == moved


def test_refuses_a_port_that_was_asked_for_and_is_taken(folder: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(AppError) as caught:
            ensure_running(folder, port=port)
    assert caught.value.code == "embedded_port_taken"
    assert str(port) in caught.value.message


@pytest.mark.slow
def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    leftover = tmp_path / "postgres.new-meio"
    (leftover / "base").mkdir(parents=True)
    (tmp_path / "postgres").mkdir()
    with running(tmp_path, extra_settings=FAST) as server:
        assert query(server, "SELECT 1") == 1
    assert not leftover.exists()


@pytest.mark.slow
def test_an_interrupted_creation_of_the_roles_is_finished(folder: Path) -> None:
    note = json.loads((folder / "postgres.json").read_text())
    (folder / "postgres.json").write_text(json.dumps({**note, "roles_created": False}))
    with running(folder, extra_settings=FAST) as server:
        assert query(server, "SELECT 1", "app") == 1


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda cluster: (cluster / "PG_VERSION").unlink(), "embedded_data_broken"),
        (lambda cluster: (cluster / "PG_VERSION").write_text("16\n"), "embedded_other_version"),
        (lambda cluster: (cluster / "PG_VERSION").write_text("99\n"), "embedded_newer_version"),
        (lambda cluster: (cluster / "PG_VERSION").write_text("x\n"), "embedded_data_broken"),
        (lambda cluster: (cluster / "global/pg_control").unlink(), "embedded_data_broken"),
        (
            lambda cluster: (cluster / "global/pg_control").write_bytes(b"\x07" * 8192),
            "embedded_data_broken",
        ),
        (lambda cluster: shutil.rmtree(cluster / "pg_wal"), "embedded_data_broken"),
        (
            lambda cluster: [path.unlink() for path in (cluster / "pg_wal").glob("0*")],
            "embedded_data_broken",
        ),
        (lambda cluster: shutil.rmtree(cluster / "base"), "embedded_data_broken"),
        (
            lambda cluster: (cluster / "postgresql.conf").write_text("sem_sentido = 1\n"),
            "embedded_bad_settings",
        ),
        (
            lambda cluster: (cluster.parent / "postgres.json").unlink(),
            "embedded_credentials_lost",
        ),
        (
            lambda cluster: (cluster.parent / "postgres.json").write_text("{"),
            "embedded_credentials_lost",
        ),
    ],
)
def test_names_what_is_broken(folder: Path, harm: Callable[[Path], object], code: str) -> None:
    harm(folder / "postgres")
    with pytest.raises(AppError) as caught:
        ensure_running(folder, extra_settings=FAST, patience_s=15)
    assert caught.value.code == code
    assert "?" not in caught.value.message
    assert find_running(folder) is None


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may chown")
def test_refuses_a_cluster_of_another_user(folder: Path) -> None:
    os.chown(folder / "postgres", 0, 0)
    with pytest.raises(AppError) as caught:
        ensure_running(folder, extra_settings=FAST)
    assert caught.value.code == "embedded_wrong_owner"


@POSIX
def test_puts_back_the_permissions_of_its_own_folder(folder: Path) -> None:
    # The server's account opens what is closed even to its owner.
    (folder / "postgres").chmod(0)
    with running(folder, extra_settings=FAST) as server:
        assert query(server, "SELECT 1") == 1
    (folder / "postgres").chmod(0o755)
    with running(folder, extra_settings=FAST) as server:
        assert query(server, "SELECT 1") == 1


def test_refuses_the_folder_of_another_postgres(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(AppError) as caught:
        ensure_running(tmp_path)
    assert caught.value.code == "data_dir_is_postgres"


@POSIX
def test_a_path_that_a_shell_would_read_otherwise_is_only_a_path(
    folder: Path, tmp_path: Path
) -> None:
    moved = folder.rename(tmp_path / 'Açaí d\'água "2" $HOME `id` 50% \\ fim')
    with running(moved, extra_settings=FAST) as server, running(moved) as joined:
        assert query(server, "SELECT 'é'") == "é"
        assert not joined.started_here
    assert find_running(moved) is None


def test_refuses_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "dados").write_text("não sou pasta")
    with pytest.raises(AppError) as caught:
        ensure_running(tmp_path / "dados")
    assert caught.value.code == "data_dir_not_a_folder"


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="/sys takes no folders, even root's"
)
def test_refuses_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(AppError) as caught:
        ensure_running(Path("/sys/cogep"))
    assert caught.value.code == "data_dir_not_writable"


def test_refuses_a_full_disk_before_writing_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(
        embedded_cluster.shutil, "disk_usage", lambda _: usage._replace(free=3 * 2**20)
    )
    with pytest.raises(AppError) as caught:
        ensure_running(tmp_path)
    assert caught.value.code == "disk_full"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('FATAL:  could not write to file "pg_wal/x": No space left on device', "disk_full"),
        (
            "initdb: could not look up effective user ID 12345: user does not exist",
            "embedded_user_unknown",
        ),
        ("LOG:  could not bind IPv4 address: Address already in use", "embedded_port_taken"),
        ('FATAL:  lock file "postmaster.pid" already exists', "embedded_in_use"),
        (
            "FATAL:  pre-existing shared memory block (key 1, ID 4) is still in use",
            "embedded_in_use",
        ),
        (
            'LOG:  invalid value for parameter "work_mem": "a"\nFATAL:  file "x" contains errors',
            "embedded_bad_settings",
        ),
        ("FATAL:  could not map anonymous shared memory", "embedded_no_memory"),
        ('FATAL:  invalid value for parameter "lc_messages": locale', "embedded_locale_missing"),
        ("PANIC:  could not locate a valid checkpoint record", "embedded_data_broken"),
        ("FATAL:  algo que ninguém previu", "embedded_start_failed"),
        ("", "embedded_start_failed"),
    ],
)
def test_explains_why_the_server_did_not_start(tmp_path: Path, said: str, code: str) -> None:
    error = explain_failed_start(Layout(tmp_path), said)
    assert error.code == code
    assert "contains errors" not in error.text
    assert "{" not in error.message
