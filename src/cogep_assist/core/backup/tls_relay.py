"""TLS for a client program that was built without: its connection passes through this process.

The wheel's pg_dump and pg_restore know no TLS. A server that asks for it would refuse them, and
one that merely offers it would send the whole database over the network in clear. So they speak
to a socket in a folder that nobody else may enter, and what they say goes on in TLS under the
conditions of the address, as libpq reads them.
"""

import asyncio
import contextlib
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.db import connect_arguments, conninfo

# Length 8, code 80877103 (PostgreSQL, "Message Formats").
_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
_PORT = 5432
_FAREWELL_SECONDS = 2.0
_TURNS = 5
_PIECE_BYTES = 256 * 1024
_LATEST = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
# What is settled here, beside all that begins with ssl.
_SETTLED = ("channel_binding", "gssencmode", "host", "hostaddr", "port", "target_session_attrs")
# What we could not keep to: a program that knows TLS has to.
_NOT_KEPT = ("sslcrl", "sslcrldir")


@contextmanager
def in_tls(address: URL) -> Iterator[URL]:
    """Give an address for a program without TLS; the same one where no TLS is used.

    Where we could not keep what the address asks for, the program is told to insist on TLS: it
    refuses by itself, and nothing goes in clear.
    """
    used = _used_by_libpq(address)
    if used is None:
        yield address
    elif sys.platform == "win32" or any(used.get(name) for name in _NOT_KEPT):
        yield address.update_query_dict({"sslmode": _insisting(used)})
    else:
        with tempfile.TemporaryDirectory(prefix="cogep-") as folder, _relay(folder, used):
            kept = {name: value for name, value in address.query.items() if not _settled(name)}
            query = {**kept, "host": folder, "port": str(_PORT)}
            yield URL.create(
                "postgresql",
                address.username,
                str(address.password) if address.password is not None else None,
                database=address.database,
                query=query,
            )


def _used_by_libpq(address: URL) -> Mapping[str, str] | None:
    """Return how libpq reached the server, environment and defaults included; None without TLS."""
    with psycopg.connect(
        conninfo(address), **connect_arguments(address, as_app=False)
    ) as connection:
        if not connection.pgconn.ssl_in_use:
            return None
        told = {o.keyword.decode(): (o.val or b"").decode() for o in connection.pgconn.info}
        reached = connection.info
        where = {"host": reached.host, "hostaddr": reached.hostaddr, "port": str(reached.port)}
        return {**told, **where}


def _context(used: Mapping[str, str]) -> ssl.SSLContext:
    """Trust as libpq does under the same parameters ("Client Verification of Server")."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = _LATEST.get(
        used.get("ssl_min_protocol_version", ""), ssl.TLSVersion.TLSv1_2
    )
    mode, authority = used.get("sslmode", "prefer"), used.get("sslrootcert", "")
    if not authority and (own := _own_file("root.crt")) is not None:
        authority = str(own)
    context.check_hostname = mode == "verify-full" or authority == "system"
    if authority == "system":
        context.load_default_certs()
    elif authority and Path(authority).exists():
        context.load_verify_locations(authority)
        # libpq takes an authority that stands first in the file for trusted, whoever signed it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    elif not mode.startswith("verify"):
        context.verify_mode = ssl.CERT_NONE
    certificate = used.get("sslcert") or _own_file("postgresql.crt")
    if certificate and Path(certificate).exists() and used.get("sslcertmode") != "disable":
        key = used.get("sslkey") or _own_file("postgresql.key")
        # Without a password openssl would ask for one at the terminal.
        context.load_cert_chain(certificate, key, used.get("sslpassword", ""))
    return context


def _own_file(name: str) -> Path | None:
    with contextlib.suppress(RuntimeError):
        path = Path.home() / ".postgresql" / name
        if path.exists():
            return path
    return None


def _settled(name: str) -> bool:
    return name.startswith("ssl") or name in _SETTLED


def _insisting(used: Mapping[str, str]) -> str:
    mode = used.get("sslmode", "")
    return mode if mode.startswith("verify") else "require"


@contextmanager
def _relay(folder: str, used: Mapping[str, str]) -> Iterator[None]:
    """Serve in a thread of its own: the caller's waits for the program."""
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()
    context = _context(used)

    async def serve() -> None:
        under_way: set[asyncio.Task[None]] = set()

        def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            under_way.add(asyncio.create_task(_pass_on(reader, writer, context, used)))

        path = Path(folder) / f".s.PGSQL.{_PORT}"
        server = await asyncio.start_unix_server(pass_on, path)
        ready.set()
        await stop.wait()
        server.close()
        await _ended(under_way)

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            try:
                runner.run(serve())
            finally:
                ready.set()

    thread = threading.Thread(target=run, name="tls_relay", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _ended(under_way: set[asyncio.Task[None]]) -> None:
    """Let what is under way end by itself, as it does when its program has, or end it."""
    if under_way:
        _, late = await asyncio.wait(under_way, timeout=_FAREWELL_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    # What was cut off closes its socket in the loop's next turns.
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _pass_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    context: ssl.SSLContext,
    used: Mapping[str, str],
) -> None:
    """Pass on what both sides say until one has said all; a program that loses us says so."""
    # The end of the block in which the program ran ends whatever is under way.
    with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
        from_server, to_server = await _reached(context, used)
        ways = [_copy(reader, to_server), _copy(from_server, writer)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _end(to_server)
    await _end(writer)


async def _end(writer: asyncio.StreamWriter) -> None:
    """Close a connection, and cut it off where the other side does not answer the farewell."""
    writer.close()
    try:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await writer.wait_closed()
    finally:
        writer.transport.abort()


async def _reached(
    context: ssl.SSLContext, used: Mapping[str, str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    at, name = used["hostaddr"] or used["host"], used["host"]
    if used.get("sslnegotiation") == "direct":
        context.set_alpn_protocols(["postgresql"])
        return await asyncio.open_connection(
            at, int(used["port"]), ssl=context, server_hostname=name
        )
    reader, writer = await asyncio.open_connection(at, int(used["port"]))
    try:
        writer.write(_SSL_REQUEST)
        if await reader.readexactly(1) != b"S":
            raise ConnectionResetError
        await writer.start_tls(context, server_hostname=name)
    except BaseException:
        writer.transport.abort()
        raise
    return reader, writer


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(_PIECE_BYTES):
        target.write(piece)
        await target.drain()
