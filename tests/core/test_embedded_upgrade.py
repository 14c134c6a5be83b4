"""A folder of an older PostgreSQL: brought to the new one by one command, or left as it was."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from cogep_assist.core import embedded_swap, embedded_upgrade, schema, secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.embedded_binaries import MAJOR, Toolkit, find_toolkit_of
from cogep_assist.core.embedded_cluster import Credentials, Layout, choose_port, write_credentials
from cogep_assist.core.embedded_keeper import take_lease
from cogep_assist.core.embedded_postgres import ensure_running, running, stop
from cogep_assist.core.embedded_swap import DRAFT, finish_swap, mark_proven
from cogep_assist.core.embedded_upgrade import ServerUpgrade, upgrade_server
from cogep_assist.core.errors import AppError

OLDER = 16
PASSWORD = "senha-da-base-antiga"
ROLES = ("cogep_admin", "cogep_owner", "cogep_app")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the older programs are called directly")


def nothing(*_: object) -> None:
    return


def upgraded(folder: Path, programs: Path | None = None) -> ServerUpgrade | None:
    return upgrade_server(folder, programs=programs, say=nothing, tell=nothing)


class Cut(BaseException):
    """What a kill looks like to the code around it."""


@pytest.fixture
def two_clusters(tmp_path: Path) -> Layout:
    """An old cluster and a proven draft; the files stand for whole folders."""
    layout = Layout(tmp_path)
    for place, version, port in ((layout, OLDER, 1111), (Layout(tmp_path / DRAFT), MAJOR, 2222)):
        place.cluster.mkdir(parents=True)
        (place.cluster / "PG_VERSION").write_text(f"{version}\n")
        write_credentials(place, Credentials(port, dict.fromkeys(ROLES, f"senha{version}")))
    mark_proven(layout, OLDER)
    return layout


@pytest.mark.parametrize("step", range(8))
def test_an_exchange_that_is_cut_anywhere_is_finished_by_the_next(
    two_clusters: Layout, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    done = 0

    def counted(what: Callable[..., object]) -> Callable[..., object]:
        def act(*words: object, **options: object) -> object:
            nonlocal done
            if done == step:
                raise Cut
            done += 1
            return what(*words, **options)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", counted(Path.rename))
        patch.setattr(Path, "unlink", counted(Path.unlink))
        for name in ("write_durably", "write_credentials", "settle_folder"):
            patch.setattr(embedded_swap, name, counted(getattr(embedded_swap, name)))
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        with pytest.raises(Cut):
            finish_swap(two_clusters)
    finish_swap(two_clusters)
    assert finish_swap(two_clusters) is None
    folder = two_clusters.data_dir
    assert (folder / "postgres/PG_VERSION").read_text() == f"{MAJOR}\n"
    assert (folder / "postgres-16/PG_VERSION").read_text() == f"{OLDER}\n"
    kept, used = (
        json.loads((folder / name).read_text()) for name in ("postgres-16.json", "postgres.json")
    )
    assert (kept["port"], kept["passwords"]["cogep_app"]) == (1111, "senha16")
    assert (used["port"], used["passwords"]["cogep_app"]) == (1111, "senha18")


def test_an_earlier_kept_folder_is_never_written_over(two_clusters: Layout) -> None:
    (two_clusters.data_dir / "postgres-16").mkdir()
    mark_proven(two_clusters, OLDER)
    kept = finish_swap(two_clusters)
    assert kept is not None
    assert kept.name == "postgres-16-2"
    assert (kept.parent / "postgres-16-2.json").exists()


@pytest.mark.parametrize("major", [OLDER, MAJOR + 1])
def test_refuses_before_it_touches_anything(tmp_path: Path, major: int) -> None:
    layout = Layout(tmp_path)
    layout.cluster.mkdir()
    (layout.cluster / "PG_VERSION").write_text(f"{major}\n")
    layout.leases.mkdir()
    owner = 65534 if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    if owner is not None:
        os.chown(layout.cluster, owner, owner)
    lease = take_lease(layout.leases)
    with pytest.raises(AppError, match="embedded_upgrade_in_use"):
        upgraded(tmp_path)
    lease.release(remove=True)
    before = sorted(path.name for path in tmp_path.iterdir())
    empty = tmp_path / "postgres.users"
    code = "embedded_programs_missing" if major < MAJOR else "embedded_newer_version"
    with pytest.raises(AppError, match=code):
        upgraded(tmp_path, empty)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*before, "postgres.lock"})


@pytest.fixture
def old_folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder as a release with an older PostgreSQL leaves it, with the schema in it."""
    layout = Layout(tmp_path / "dados")
    layout.leases.mkdir(parents=True)
    layout.cluster.mkdir(mode=0o700)
    toolkit = find_toolkit_of(OLDER, layout.cluster)
    if toolkit.account is not None:
        os.chown(layout.cluster, toolkit.account.uid, toolkit.account.gid)
    create_old(layout, toolkit)
    secret_key.load(load_settings(data_dir=layout.data_dir, secret_key="x" * 40))
    yield layout.data_dir
    stop(layout.data_dir)


def create_old(layout: Layout, toolkit: Toolkit) -> None:
    where = toolkit.path_for(layout.cluster)
    done = toolkit.run(
        "initdb", f"--pgdata={where}", "--username=cogep_admin", "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--no-sync", folder=layout.cluster,
    )  # fmt: skip
    assert done.status == 0, done.output
    port = choose_port(layout.data_dir)
    with (layout.cluster / "postgresql.conf").open("a") as file:
        file.write(f"\nport = {port}\nlisten_addresses = '127.0.0.1'\nfsync = off\n")
        file.write("unix_socket_directories = ''\n")
    credentials = Credentials(port, dict.fromkeys(ROLES, PASSWORD), roles_created=True)
    write_credentials(layout, credentials)
    started = toolkit.run(
        "pg_ctl", "start", "-D", where, "-l", "server.log", "-w", folder=layout.cluster
    )
    assert started.status == 0, started.output
    fill(f"postgresql://cogep_admin:{PASSWORD}@127.0.0.1:{port}/")
    toolkit.run("pg_ctl", "stop", "-D", where, "-m", "fast", "-w", folder=layout.cluster)


def fill(server: str) -> None:
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        for role, rights in (("cogep_owner", "CREATEDB"), ("cogep_app", "")):
            connection.execute(f"CREATE ROLE {role} LOGIN {rights} PASSWORD '{PASSWORD}'".encode())
        connection.execute("GRANT cogep_app TO cogep_owner")
        connection.execute("CREATE DATABASE cogep OWNER cogep_owner")
        connection.execute("CREATE DATABASE painel")
    with psycopg.connect(f"{server}cogep", autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
    owner = server.replace("cogep_admin", "cogep_owner").replace("postgresql", "postgresql+psycopg")
    schema.upgrade(make_url(f"{owner}cogep"))
    with psycopg.connect(f"{server}cogep", autocommit=True) as connection:
        connection.execute(
            "INSERT INTO ai.blob (id, content, size, sha256) "
            "SELECT gen_random_uuid(), convert_to('férias ' || n, 'UTF8'), 9, "
            "sha256(n::text::bytea) FROM generate_series(1, 50) n"
        )


@pytest.mark.slow
@POSIX
def test_an_older_base_comes_over_whole_however_often_it_is_cut(
    old_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AppError, match="embedded_other_version"):
        ensure_running(old_folder)

    # 1. Neither a short disk nor a cut in the middle changes anything.
    def cut(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(embedded_upgrade, "_SPACE_MORE", 2**60)
        with pytest.raises(AppError, match="disk_full"):
            upgraded(old_folder)
    with monkeypatch.context() as patch:
        patch.setattr(embedded_upgrade, "restore_backup", cut)
        with pytest.raises(Cut):
            upgraded(old_folder)
    assert not (old_folder / DRAFT).exists()
    # 2. Cut after the proof: whoever starts the server next finishes it.
    with monkeypatch.context() as patch:
        patch.setattr(embedded_upgrade, "finish_swap", lambda _layout: None)
        with pytest.raises(AssertionError):
            upgraded(old_folder)
    assert (old_folder / "postgres/PG_VERSION").read_text() == f"{OLDER}\n"
    with (
        running(old_folder) as server,
        psycopg.connect(server.url("app", driver="postgresql")) as connection,
    ):
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, "
            "(SELECT count(*) FROM ai.blob WHERE convert_from(content, 'UTF8') ~ 'férias')"
        ).fetchone()
    assert row == (MAJOR, 50)
    assert (old_folder / "postgres-16/PG_VERSION").read_text() == f"{OLDER}\n"
    assert upgraded(old_folder) is None
