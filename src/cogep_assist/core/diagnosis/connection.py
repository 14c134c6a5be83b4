"""Checks of the way to the database: name, port, program behind it, password, extensions."""

import asyncio
import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy.engine import URL

from cogep_assist.core.database_address import one_by_one, servers_of
from cogep_assist.core.db import APP_ROLE, conninfo
from cogep_assist.core.diagnosis.finding import Finding, fail, ok, skip
from cogep_assist.core.errors import AppError

Connection = psycopg.AsyncConnection[TupleRow]

_SECONDS = 5.0
_POOLER_TRIES = 3
_USUAL_PORTS = (5432, 5433, 5434, 6432, 15432)
# Every session of ours lifts idle_session_timeout, which older servers do not know.
OLDEST_SERVER = 140_000
# SSLRequest of the PostgreSQL protocol: length 8, code 80877103. Only PostgreSQL answers S or N.
_SSL_REQUEST = bytes.fromhex("00000008 04d2162f".replace(" ", ""))
# libpq gives no SQLSTATE for a refused connection, only the server's words in its language.
_REFUSALS = (
    (r"password authentication failed|autentica\w+ .*senha falhou", "doctor_database_password"),
    (r"no password supplied|fe_sendauth|nenhuma senha", "doctor_database_no_password"),
    (r'database ".*" does not exist|banco de dados ".*" não existe', "doctor_database_missing"),
    (r'role ".*" does not exist|role ".*" não existe', "doctor_database_user"),
    (r"session is read-only|hot standby mode", "doctor_database_standby"),
    (r"does not support SSL", "doctor_database_no_tls"),
    (r'root certificate file ".*" does not exist', "doctor_database_authority_missing"),
    (r"certificate verify failed", "doctor_database_certificate"),
    (r"server certificate for .* does not match", "doctor_database_certificate_name"),
    (
        r"certificate authentication failed|valid client certificate|certificate required",
        "doctor_database_client_certificate",
    ),
    (r"no pg_hba.conf entry .*no encryption", "doctor_database_needs_tls"),
    (r"unsupported startup parameter", "doctor_database_options_refused"),
    (r"no pg_hba.conf entry|pg_hba.conf", "doctor_database_host_refused"),
    (r"too many clients|remaining connection slots|muitos clientes", "doctor_database_full"),
    (r"starting up|recovery mode|shutting down|iniciando|recuperação", "doctor_database_starting"),
    (r"permission denied for database|permissão negada", "doctor_database_permission"),
)


_NO_PLACE_FOR_A_SCHEMA = {
    "doctor_database_old",
    "doctor_database_encoding",
    "doctor_database_standby",
    "doctor_database_read_only",
    "doctor_pgvector_missing",
    "doctor_pgvector_old",
    "doctor_pgvector_out_of_reach",
}


async def open_connection(url: URL) -> Connection | Finding:
    """Connect as the settings say, or explain in one finding why that fails."""
    try:
        return await psycopg.AsyncConnection.connect(
            conninfo(url),
            autocommit=True,
            connect_timeout=int(_SECONDS),
            application_name="cogep-doctor",
            # As every process of ours does: what stands between may refuse to pass options on.
            options=f"{url.query.get('options', '')} -c timezone=UTC".strip(),
        )
    except psycopg.OperationalError as error:
        if len(servers_of(url)) == 1:
            return await explain_refusal(url, str(error))
    found = [await open_connection(one) for one in one_by_one(url)]
    opened = [each for each in found if not isinstance(each, Finding)]
    # One of them may have taken over meanwhile: then it is the one that was asked for.
    for spare in opened[1:]:
        await spare.close()
    if opened:
        return opened[0]
    causes = " ".join(each.text for each in found if isinstance(each, Finding))
    return fail("database", "doctor_database_none_serves", causes=causes)


async def explain_refusal(url: URL, said: str) -> Finding:
    """Find out which part of the address is wrong."""
    host, port = servers_of(url)[0]
    details: dict[str, Any] = {
        "host": host,
        "port": port,
        "database": url.database,
        "user": url.username,
    }
    for pattern, code in _REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            return fail("database", code, **details)
    if not await _resolves(host):
        code = "doctor_database_compose_name" if "." not in host else "doctor_database_host"
        return fail("database", code, **details)
    answer = await postgres_answers(host, port)
    if answer is False:
        return fail("database", "doctor_database_other_program", **details)
    if answer is None:
        others = [p for p in _USUAL_PORTS if p != port and await postgres_answers(host, p)]
        if others:
            return fail("database", "doctor_database_port", **details, found=others[0])
        return fail("database", "doctor_database_down", **details)
    return fail("database", "doctor_database_refused", **details, cause=_first_line(said))


async def postgres_answers(host: str, port: int) -> bool | None:
    """Tell whether PostgreSQL listens there: True, False (another program), None (nobody)."""
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    try:
        async with asyncio.timeout(_SECONDS):
            writer.write(_SSL_REQUEST)
            await writer.drain()
            return await reader.read(1) in {b"S", b"N"}
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await writer.wait_closed()


async def check_server(connection: Connection, url: URL) -> list[Finding]:
    """Check the server behind an open connection: version, encoding, vectors, pooler."""
    return [*await _check_kind(connection, url), await _check_pooler(connection, url)]


async def unsuitable(connection: Connection, url: URL) -> Finding | None:
    """Return why the schema cannot be kept in this database; None where it can.

    Where the server brings vectors and this database has none yet, the migration makes them.
    """
    found = await _check_kind(connection, url)
    return next((one for one in found if one.code in _NO_PLACE_FOR_A_SCHEMA), None)


async def refuse_shared_session(url: URL) -> None:
    """Raise AppError("database_refused") where a pooler hands each statement to another session.

    A database that cannot be asked is left to whoever waits for it.
    """
    with contextlib.suppress(psycopg.Error):
        opened = await open_connection(url)
        if isinstance(opened, Finding):
            return
        async with opened:
            found = await _check_pooler(opened, url)
        if found.state == "error":
            raise AppError("database_refused", cause=found.text, advice=found.remedy)


async def fetch(
    connection: Connection, text: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[TupleRow]:
    """Run one fixed query of a check."""
    cursor = await connection.execute(text.encode(), parameters)
    return await cursor.fetchall()


def skipped_without_database(check: str, name: str) -> Finding:
    """Say that a check needs the database, which did not answer."""
    return skip(check, "doctor_needs_database", what=name)


async def _check_kind(connection: Connection, url: URL) -> list[Finding]:
    row = await _row(
        connection,
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
        " current_setting('server_encoding'), pg_is_in_recovery(),"
        " current_setting('transaction_read_only') = 'on', current_database(), current_user",
    )
    number, version, encoding, standby, read_only, database, user = row
    host, port = _server_behind(connection, url)
    where = {"host": host, "port": port, "database": database}
    findings = [ok("database", "doctor_database_ok", version=version, **where)]
    if number < OLDEST_SERVER:
        findings.append(
            fail("database", "doctor_database_old", version=version, oldest=OLDEST_SERVER // 10_000)
        )
    if encoding != "UTF8":
        findings.append(fail("database", "doctor_database_encoding", encoding=encoding, **where))
    if standby:
        findings.append(fail("database", "doctor_database_standby", **where))
    elif read_only:
        findings.append(fail("database", "doctor_database_read_only", user=user, **where))
    findings.append(await _check_vector(connection))
    return findings


def _server_behind(connection: Connection, url: URL) -> tuple[str, int]:
    """Return which of the servers of an address answered."""
    servers = servers_of(url)
    return servers[0] if len(servers) == 1 else (connection.info.host, connection.info.port)


async def _check_vector(connection: Connection) -> Finding:
    row = await _row(
        connection,
        "SELECT e.extversion, a.default_version, n.nspname, current_user,"
        " n.nspname = ANY (current_schemas(true))"
        " FROM (SELECT) one"
        " LEFT JOIN pg_available_extensions a ON a.name = 'vector'"
        " LEFT JOIN pg_extension e ON e.extname = 'vector'"
        " LEFT JOIN pg_namespace n ON n.oid = e.extnamespace",
    )
    installed, available, schema, user, reached = row
    if installed:
        major, minor = (int(part) for part in installed.split(".")[:2])
        if (major, minor) < (0, 7):
            return fail("pgvector", "doctor_pgvector_old", version=installed)
        if not reached:
            named = {"schema": schema, "user": user, "role": APP_ROLE}
            return fail("pgvector", "doctor_pgvector_out_of_reach", **named)
        return ok("pgvector", "doctor_pgvector_ok", version=installed)
    if available:
        return fail("pgvector", "doctor_pgvector_not_created", version=available)
    return fail("pgvector", "doctor_pgvector_missing")


async def _check_pooler(connection: Connection, url: URL) -> Finding:
    """A pooler in transaction mode hands each statement to another session: locks get lost.

    A quiet one keeps handing out the same session, and looks like none: only a second client gets
    the session that the first believes to be its own.
    """
    for _ in range(_POOLER_TRIES):
        if await _session_is_shared(connection, url):
            return fail("database", "doctor_database_pooler")
    # A pooler says of itself another number than the session has.
    if connection.info.backend_pid != await _session_of(connection):
        return ok("database", "doctor_database_session_pooler")
    return ok("database", "doctor_database_direct")


async def _session_is_shared(connection: Connection, url: URL) -> bool:
    """Tell whether a second client's transaction gets this one's session, or moves it."""
    own = await _session_of(connection)
    opened = await open_connection(url)
    if isinstance(opened, Finding):
        return False
    async with opened, opened.transaction():
        return await _session_of(opened) == own or await _session_of(connection) != own


async def _session_of(connection: Connection) -> int:
    return int((await _row(connection, "SELECT pg_backend_pid()"))[0])


async def _resolves(host: str) -> bool:
    if host.startswith("/"):
        return True
    try:
        await asyncio.get_running_loop().getaddrinfo(host, None)
    except OSError:
        return False
    return True


async def _row(connection: Connection, text: str) -> TupleRow:
    return (await fetch(connection, text))[0]


def _first_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[0] if lines else "sem explicação"
