"""Check of the broker that rings the workers when the product is scaled out."""

import asyncio
import contextlib
from urllib.parse import SplitResult, unquote, urlsplit

from cogep_assist.core.diagnosis.finding import Finding, fail, ok, skip

_SECONDS = 5.0
_REDIS_PORT = 6379
_ENCRYPTED = "rediss"


async def check_broker(url: str | None) -> Finding:
    """Reach the broker and greet it; a doorbell that is out of order costs latency, not jobs."""
    if not url:
        return skip("broker", "doctor_broker_unused")
    try:
        parts = urlsplit(url)
        port = parts.port or _REDIS_PORT
    except ValueError:
        return fail("broker", "doctor_broker_url")
    host = parts.hostname or ""
    if parts.scheme not in {"redis", _ENCRYPTED} or not host:
        return fail("broker", "doctor_broker_url")
    return await _greet(parts, host, port)


async def _greet(parts: SplitResult, host: str, port: int) -> Finding:
    try:
        await asyncio.get_running_loop().getaddrinfo(host, port)
    except OSError:
        code = "doctor_broker_compose_name" if "." not in host else "doctor_broker_host"
        return fail("broker", code, host=host, port=port)
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=parts.scheme == _ENCRYPTED or None
            )
    except (OSError, TimeoutError):
        return fail("broker", "doctor_broker_down", host=host, port=port)
    try:
        async with asyncio.timeout(_SECONDS):
            writer.write(_greeting(parts))
            await writer.drain()
            answer = await reader.readline()
            if parts.password and answer.startswith(b"+OK"):
                answer = await reader.readline()
    except TimeoutError:
        return fail("broker", "doctor_broker_silent", host=host, port=port)
    except OSError:
        answer = b""
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await writer.wait_closed()
    return _judge(answer, host, port)


def _greeting(parts: SplitResult) -> bytes:
    commands = [["PING"]]
    if parts.password:
        user = [unquote(parts.username)] if parts.username else []
        commands.insert(0, ["AUTH", *user, unquote(parts.password)])
    return b"".join(_encoded(command) for command in commands)


def _encoded(words: list[str]) -> bytes:
    chunks = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word.encode()
        chunks.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(chunks)


def _judge(answer: bytes, host: str, port: int) -> Finding:
    if answer.startswith(b"+PONG"):
        return ok("broker", "doctor_broker_ok", host=host, port=port)
    if answer.startswith((b"-NOAUTH", b"-WRONGPASS", b"-ERR AUTH", b"-ERR invalid password")):
        return fail("broker", "doctor_broker_password", host=host, port=port)
    if answer.startswith((b"-LOADING", b"-MASTERDOWN")):
        return fail("broker", "doctor_broker_loading", host=host, port=port)
    return fail("broker", "doctor_broker_other_program", host=host, port=port)
