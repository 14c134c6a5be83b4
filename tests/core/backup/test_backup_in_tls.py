"""Copies of a server that speaks TLS, by the wheel's programs, which do not."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import connect, sql
from sqlalchemy.engine import URL
from tls_front import AUTHORITY, CERTIFICATE, TLS, TlsFront, tls_front

from cogep_assist.core.backup import programs, tls_relay
from cogep_assist.core.backup.create import write_backup
from cogep_assist.core.backup.restore import restore_backup
from cogep_assist.core.config import Settings
from cogep_assist.core.db import conninfo

VERIFIED = {"sslmode": "verify-full", "sslrootcert": str(AUTHORITY)}


def nothing(*_: object) -> None:
    """Take no notice of progress."""


@pytest.fixture(autouse=True)
def _wheel_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> None:
    """No program of the system's, nobody's own certificates, and the master key."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def elsewhere(server_url: URL, database_url: URL) -> Iterator[URL]:
    """An empty database beside."""
    name = f"{database_url.database}_tls"
    with connect(conninfo(server_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server_url.set(database=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({}, id="preferred", marks=pytest.mark.slow),
        pytest.param({"sslmode": "require"}, id="required", marks=pytest.mark.slow),
        pytest.param(VERIFIED, id="verified"),
    ],
)
def test_nothing_of_a_copy_goes_in_clear_where_the_server_offers_tls(
    database_url: URL, elsewhere: URL, tmp_path: Path, query: dict[str, str]
) -> None:
    path = tmp_path / "base.cogepbk"
    with tls_front(database_url.port or 5432) as front:
        there = {"port": front.port}
        source = database_url.set(**there).update_query_dict(query)
        made = write_backup(source, path, tell=nothing)
        assert made.tables
        target = elsewhere.set(**there).update_query_dict(query)
        restored = restore_backup(path, target, may_replace=lambda _: True, tell=nothing)
        assert restored.manifest == made
        assert front.in_clear == 0


def test_a_copy_needs_the_clients_certificate_where_the_server_does(
    database_url: URL, tmp_path: Path
) -> None:
    own = tmp_path / "chave própria.pem"
    shutil.copy(CERTIFICATE, own)
    own.chmod(0o600)
    query = {**VERIFIED, "sslcert": str(own), "sslkey": str(own)}
    with tls_front(database_url.port or 5432, asks_for_one=True) as front:
        source = database_url.set(port=front.port).update_query_dict(query)
        assert write_backup(source, tmp_path / "base.cogepbk", tell=nothing).tables


@pytest.mark.parametrize("certificate", ["expired.pem", "server.pem"])
def test_a_program_reaches_nobody_but_the_server_that_is_trusted(
    database_url: URL, certificate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_front(database_url.port or 5432, certificate=TLS / certificate) as front:
        used = {**VERIFIED, "host": "outro.test", "hostaddr": "127.0.0.1", "port": str(front.port)}
        if certificate == "expired.pem":
            used["host"] = "127.0.0.1"
        monkeypatch.setattr(tls_relay, "_used_by_libpq", lambda _: used)
        said, status = dumped(database_url, front)
        assert status != 0
        assert b"PostgreSQL database dump" not in said


def dumped(url: URL, front: TlsFront) -> tuple[bytes, int]:
    """Have the wheel's pg_dump tell a schema; return what it wrote and how it ended."""
    found = programs.dump_program(16)
    assert not found.knows_tls
    asked = url.set(port=front.port)
    with programs.start_client(found, asked, ["--schema-only"], stdout=subprocess.PIPE) as process:
        written, _ = process.communicate()
    return written, process.returncode


TRUST = [
    ({"sslmode": "prefer"}, False, ssl.CERT_NONE),
    ({"sslmode": "require"}, False, ssl.CERT_NONE),
    ({"sslmode": "require", "sslrootcert": str(AUTHORITY)}, False, ssl.CERT_REQUIRED),
    ({"sslmode": "verify-ca", "sslrootcert": str(AUTHORITY)}, False, ssl.CERT_REQUIRED),
    ({"sslmode": "verify-full", "sslrootcert": str(AUTHORITY)}, True, ssl.CERT_REQUIRED),
    ({"sslmode": "verify-full", "sslrootcert": "system"}, True, ssl.CERT_REQUIRED),
    ({"sslmode": "verify-full", "sslrootcert": "/nada/ac.pem"}, True, ssl.CERT_REQUIRED),
]


@pytest.mark.parametrize(("used", "named", "trusted"), TRUST)
def test_trust_is_libpqs(used: dict[str, str], named: bool, trusted: ssl.VerifyMode) -> None:
    context = tls_relay._context(used)
    assert (context.check_hostname, context.verify_mode) == (named, trusted)


def test_what_only_a_program_with_tls_can_keep_is_left_to_one(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_relay, "_used_by_libpq", lambda _: {"sslcrl": "/ac/revogados.pem"})
    with tls_relay.in_tls(database_url) as address:
        assert address == database_url.update_query_dict({"sslmode": "require"})
