"""One server, a socket, several in turn, with TLS or without: every way to write an address."""

import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from tls_front import AUTHORITY, CERTIFICATE, TLS, TlsFront, tls_front

from cogep_assist.core.config import load_settings
from cogep_assist.core.database_address import parse_address, servers_of, shown_servers
from cogep_assist.core.db import Database, connect_arguments, conninfo
from cogep_assist.core.diagnosis.connection import explain_refusal, open_connection
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.errors import AppError

TWO = [("a.orgao.br", 5432), ("b.orgao.br", 5433)]
EVERY_WAY = {
    "postgresql://u:s@a.orgao.br/d": [("a.orgao.br", 5432)],
    "postgres://u:s@a.orgao.br:6000/d": [("a.orgao.br", 6000)],
    "postgresql+psycopg://u@a.orgao.br/d": [("a.orgao.br", 5432)],
    "postgresql://u:s@[::1]:6000/d": [("::1", 6000)],
    "postgresql://u:s@a.orgao.br,b.orgao.br:5433/d": TWO,
    "postgresql://u:s@a.orgao.br:5432,b.orgao.br:5433/d?sslmode=require": TWO,
    "postgresql://u:s@[::1],[fe80::1]:6000/d": [("::1", 5432), ("fe80::1", 6000)],
    "postgresql://u:s@/d?host=a.orgao.br,b.orgao.br&port=5432,5433": TWO,
    "postgresql://u:s@/d?host=a.orgao.br&host=b.orgao.br:5433": TWO,
    "postgresql://u:s@/d?host=a.orgao.br,b.orgao.br&port=7": [("a.orgao.br", 7), ("b.orgao.br", 7)],
    "postgresql://u:s@/d?host=a.orgao.br": [("a.orgao.br", 5432)],
    "postgresql://u:s@%2Fvar%2Frun%2Fpg/d": [("/var/run/pg", 5432)],
    "postgresql://u:s@/d?host=/var/run/pg&port=6000": [("/var/run/pg", 6000)],
}
NOT_ONE = [
    "mysql://u:s@a/d",
    "postgresql://u:s@a/",
    "a.orgao.br:5432/d",
    "postgresql://u:s@a:cinco/d",
    "postgresql://u:s@a:70000/d",
    "postgresql://u:s@a,b:x/d",
    "postgresql://u:s@/d?host=a,b,c&port=1,2",
    "postgresql://u:s@a/d?host=b",
    "postgresql://u:s@a/d?schema=public",
]


@pytest.mark.parametrize("text", EVERY_WAY)
def test_an_address_means_the_same_to_us_to_libpq_and_to_the_engine(text: str) -> None:
    url = parse_address(text)
    assert servers_of(url) == EVERY_WAY[text]
    told = psycopg.conninfo.conninfo_to_dict(conninfo(url))
    dialect = url.get_dialect()()
    _, engine = dialect.create_connect_args(url)
    for given in (told, engine):
        hosts = str(given["host"]).split(",")
        ports = str(given.get("port", 5432)).split(",")
        assert [(h, int(p)) for h, p in zip(hosts, ports, strict=True)] == EVERY_WAY[text]
        several = len(hosts) > 1
        assert given.get("target_session_attrs") == ("read-write" if several else None)
        assert given["dbname"] == "d"


@pytest.mark.parametrize("text", NOT_ONE)
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(AppError) as caught:
        parse_address(text)
    assert caught.value.code == "database_url_invalid"


def test_what_an_address_says_of_roles_and_patience_holds() -> None:
    url = parse_address(
        "postgresql://u:s@a,b/d?target_session_attrs=any&connect_timeout=3&keepalives_idle=5"
    )
    assert url.query["target_session_attrs"] == "any"
    given = connect_arguments(url)
    assert not {"connect_timeout", "keepalives_idle"} & set(given)
    assert given["keepalives_count"] == 3


def test_several_servers_agree_with_the_variables_that_name_them() -> None:
    parts = {"postgres_host": "a,b", "postgres_user": "u", "postgres_db": "d"}
    both = load_settings(database_url="postgresql://u:s@a,b/d", postgres_port=5432, **parts)
    alone = load_settings(**parts, postgres_password="s")
    found = both.external_database
    assert found is not None
    assert found == alone.external_database
    assert shown_servers(found) == "a:5432, b:5432"
    with pytest.raises(AppError) as caught:
        _ = load_settings(database_url="postgresql://u:s@a,c/d", **parts).external_database
    assert caught.value.details["field"] == "POSTGRES_HOST"


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port that is taken and at which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def several(url: URL, *ports: int) -> URL:
    servers = ",".join(f"127.0.0.1:{port}" for port in ports)
    text = conninfo(url).replace(f"@{url.host}:{url.port}/", f"@{servers}/")
    return parse_address(text)


async def test_the_server_that_takes_writes_is_found(database_url: URL, nobody: int) -> None:
    url = several(database_url, nobody, database_url.port or 5432)
    database = Database(url, pool_size=1)
    try:
        async with database.begin() as session:
            assert await session.scalar(sa.text("SELECT current_user")) == "cogep_app"
        async with await database.connect() as alone:
            assert alone.info.port == database_url.port
    finally:
        await database.close()
    with psycopg.connect(conninfo(url), **connect_arguments(url, as_app=False)) as owner:
        assert owner.info.port == database_url.port


async def test_each_server_that_does_not_serve_is_named(database_url: URL, nobody: int) -> None:
    closed = {"options": "-c default_transaction_read_only=on"}
    standby = database_url.update_query_dict(closed)
    found = await open_connection(several(standby, nobody, database_url.port or 5432))
    assert isinstance(found, Finding)
    assert found.code == "doctor_database_none_serves"
    assert f"127.0.0.1:{nobody}" in found.text
    assert "réplica" in found.text


@pytest.mark.skipif(sys.platform != "linux", reason="the option's name is Linux's")
async def test_a_connection_that_only_listens_finds_out_that_nobody_is_there(
    database: Database,
) -> None:
    async with await database.connect() as alone:
        with socket.fromfd(alone.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


@pytest.fixture
def front(database_url: URL) -> Iterator[TlsFront]:
    with tls_front(database_url.port or 5432) as standing:
        yield standing


async def test_a_verified_server_is_used_by_every_kind_of_connection(
    database_url: URL, front: TlsFront
) -> None:
    url = database_url.set(port=front.port).update_query_dict(
        {"sslmode": "verify-full", "sslrootcert": str(AUTHORITY)}
    )
    database = Database(url, pool_size=1)
    try:
        async with database.begin() as session:
            assert await session.scalar(sa.text("SELECT 1")) == 1
        async with await database.connect() as alone:
            assert alone.pgconn.ssl_in_use
    finally:
        await database.close()
    assert (front.in_tls, front.in_clear) == (2, 0)


UNTRUSTED = {
    "doctor_database_authority_missing": {"sslrootcert": "/nada/ac.pem"},
    "doctor_database_certificate": {"sslrootcert": str(CERTIFICATE)},
    "doctor_database_certificate_name": {
        "sslrootcert": str(AUTHORITY),
        "host": "outro.exemplo.test",
        "hostaddr": "127.0.0.1",
    },
}


@pytest.mark.parametrize("code", UNTRUSTED)
async def test_a_server_that_is_not_to_be_trusted_is_named(
    database_url: URL, front: TlsFront, code: str
) -> None:
    query = {"sslmode": "verify-full", **UNTRUSTED[code]}
    found = await open_connection(database_url.set(port=front.port).update_query_dict(query))
    assert isinstance(found, Finding)
    assert found.code == code


async def test_an_expired_certificate_and_a_server_without_tls_are_named(
    database_url: URL,
) -> None:
    verified = {"sslmode": "verify-full", "sslrootcert": str(AUTHORITY)}
    with tls_front(database_url.port or 5432, certificate=TLS / "expired.pem") as old:
        found = await open_connection(database_url.set(port=old.port).update_query_dict(verified))
    assert isinstance(found, Finding)
    assert found.code == "doctor_database_certificate"


SAID_OF_CERTIFICATES = (
    'FATAL:  certificate authentication failed for user "cogep"',
    "FATAL:  connection requires a valid client certificate",
    "SSL error: tlsv13 alert certificate required",
)


@pytest.mark.parametrize("said", SAID_OF_CERTIFICATES)
async def test_a_client_certificate_that_is_missed_is_named(database_url: URL, said: str) -> None:
    found = await explain_refusal(database_url, said)
    assert found.code == "doctor_database_client_certificate"


async def test_a_client_certificate_is_shown_where_it_is_asked_for(
    database_url: URL, tmp_path: Path
) -> None:
    own = tmp_path / "minha chave.pem"
    shutil.copy(CERTIFICATE, own)
    own.chmod(0o600)
    with tls_front(database_url.port or 5432, asks_for_one=True) as strict:
        url = database_url.set(port=strict.port).update_query_dict({"sslmode": "require"})
        refused = await open_connection(url)
        assert isinstance(refused, Finding)
        shown = url.update_query_dict({"sslcert": str(own), "sslkey": str(own)})
        opened = await open_connection(shown)
        assert not isinstance(opened, Finding)
        async with opened:
            assert opened.pgconn.ssl_in_use
