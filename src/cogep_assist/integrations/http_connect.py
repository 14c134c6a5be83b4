"""Sockets that only open to an address judged a moment before, never looked up twice."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore2

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_address import Address
from cogep_assist.integrations.http_policy import HttpPolicy
from cogep_assist.integrations.http_url import canonical_host, literal_ip

Resolver = Callable[[str, int], Awaitable[list[str]]]
Connector = Callable[[str, int, float], Awaitable[httpcore2.AsyncNetworkStream]]

MAX_ADDRESSES_TRIED = 6
_LOOKUP_THREADS = 16


class SystemResolver:
    """Look names up with the system's resolver, in threads that are nobody else's.

    A name server that never answers must not use up the event loop's own threads.
    """

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def __call__(self, host: str, port: int) -> list[str]:
        """Return every A and AAAA address of a name, in the system's order of preference."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="dns")
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(self._threads, _look_up, host, port)
        return [str(answer[4][0]) for answer in answers]

    def close(self) -> None:
        """Let the threads go without waiting for unanswered lookups."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


async def connect_to_address(
    address: str, port: int, seconds: float
) -> httpcore2.AsyncNetworkStream:
    """Open a TCP connection to a literal address; names are not accepted here."""
    ip_address(address)
    return await httpcore2.AnyIOBackend().connect_tcp(address, port, timeout=seconds)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Resolve once, judge every answer, connect to a judged address.

    It stands below pool, TLS and redirects: whatever reads the URL above, a socket to an
    address that the policy refuses is never opened.  Local sockets are not supported.
    """

    def __init__(
        self, policy: HttpPolicy, resolver: Resolver, connector: Connector = connect_to_address
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._connector = connector

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the pool's interface
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Connect, or raise AppError("address_not_public", "dns_failed", "connect_failed", ...)."""
        limit = min(timeout or self._policy.connect_timeout, self._policy.connect_timeout)
        name = canonical_host(f"[{host}]" if ":" in host and host[0] != "[" else host)
        self._policy.check_port(name, port)
        addresses = await self._resolve(name, port, limit)
        self._policy.check_addresses(name, port, addresses)
        return await self._connect_first(name, port, addresses, limit)

    async def _resolve(self, host: str, port: int, limit: float) -> list[Address]:
        literal = literal_ip(host)
        if literal is not None:
            return [literal]
        try:
            async with asyncio.timeout(limit):
                answers = await self._resolver(host, port)
            # A zone id in an answer ("fe80::1%2") parses, and is judged as not public.
            addresses = [ip_address(answer) for answer in dict.fromkeys(answers)]
        except TimeoutError:
            raise AppError("dns_failed", host=host, reason="a consulta demorou demais") from None
        except (OSError, UnicodeError, ValueError):
            raise AppError("dns_failed", host=host, reason="o nome não foi encontrado") from None
        if not addresses:
            raise AppError("dns_failed", host=host, reason="o nome não tem endereço")
        return addresses

    async def _connect_first(
        self, host: str, port: int, addresses: list[Address], limit: float
    ) -> httpcore2.AsyncNetworkStream:
        tried = addresses[:MAX_ADDRESSES_TRIED]
        each = max(limit / len(tried), 1.0)
        timed_out = False
        for address in tried:
            try:
                return await self._connector(str(address), port, each)
            except (httpcore2.ConnectTimeout, TimeoutError):
                timed_out = True
            except (httpcore2.NetworkError, OSError):
                continue
        if timed_out:
            raise AppError("fetch_timeout", host=host, phase="conectar")
        raise AppError("connect_failed", host=host, port=port)


def _look_up(
    host: str, port: int
) -> list[
    tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
