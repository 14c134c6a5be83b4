"""The socket on which the API listens, opened by us so that a refusal is a clear sentence."""

import contextlib
import errno
import importlib
import socket
import sys

from cogep_assist.core.errors import AppError

_BACKLOG = 2048
# Each connection is an open file, and each open page holds one; systems begin with 1024 or 256.
MOST_OPEN_FILES = 65_536
_ANY = {"0.0.0.0", "", "::"}  # noqa: S104 - compared only


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on ``host:port``.

    Raises ``port_in_use``, ``port_not_permitted`` or ``host_not_here``.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise AppError("host_not_here", host=host) from error
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(error, host, port) from error
    listener.setblocking(False)
    return listener


def allow_many_connections() -> None:
    """Let this process open as many files as it may, so that some hundred pages shut nobody out."""
    if sys.platform == "win32":
        return
    resource = importlib.import_module("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        # Some systems refuse less than what they name; what was allowed before is kept.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def probe(host: str, port: int) -> None:
    """Make sure that the API will be able to listen; raises what ``open_socket`` does."""
    open_socket(host, port).close()


def address_for_people(host: str, port: int) -> str:
    """Return the address that a person on this machine opens."""
    shown = "127.0.0.1" if host in _ANY else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def answers(host: str, port: int, path: str, *, timeout_s: float = 5.0) -> int | None:
    """Ask our own API over plain HTTP; returns the status, or None when nobody answers."""
    target = "127.0.0.1" if host in _ANY else host
    # The way to a host may name an interface (fe80::1%eth0); the host's name does not.
    named = f"[{target.partition('%')[0]}]" if ":" in target else target
    request = f"GET {path} HTTP/1.0\r\nHost: {named}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((target, port), timeout=timeout_s) as link:
            link.sendall(request.encode("ascii"))
            line = link.recv(64).split(b" ", 2)
        return int(line[1]) if line[0].startswith(b"HTTP/") else None
    except (OSError, ValueError, IndexError):
        return None


def _refusal(error: OSError, host: str, port: int) -> AppError:
    if error.errno == errno.EADDRNOTAVAIL:
        return AppError("host_not_here", host=host)
    if error.errno in {errno.EACCES, errno.EPERM}:
        return AppError("port_not_permitted", port=port)
    return AppError("port_in_use", host=host, port=port, other=port + 1)
