"""Origins of sites as browsers write them ("https://www.orgao.gov.br"), checked and compared."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# These texts go into a header: nothing but scheme, host and port ever passes.
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<star>\*\.)?(?P<host>(?:{_LABEL}\.)*{_LABEL})(?P<port>:\d{{1,5}})?/?"
)
_OWN_PORTS = {"http": ":80", "https": ":443"}
MAX_CHARS = 260


def canonical_origin(typed: str) -> str | None:
    """Return an origin as browsers write it, or None for a text that is none.

    "https://*.orgao.gov.br" stands for every host under that name, and not for the name itself.
    A star over a whole registry ("*.gov.br", "*.com") would let everybody in, and is none.
    """
    found = _ORIGIN.fullmatch(_in_ascii(typed[:MAX_CHARS].strip().lower()))
    if found is None:
        return None
    host, port = found["host"], found["port"] or ""
    if found["star"] and host.count(".") < (2 if host.endswith(".br") else 1):
        return None
    if int(port[1:] or 1) not in range(1, 65_536):
        return None
    shown_port = "" if port == _OWN_PORTS[found["scheme"]] else port
    return f"{found['scheme']}://{found['star'] or ''}{host}{shown_port}"


def origin_of(address: str) -> str | None:
    """Return the origin of a page's address, or None where it has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return canonical_origin(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")


def is_listed(origin: str, listed: Sequence[str]) -> bool:
    """Tell whether an origin is one of a list, in which a star stands for any names before."""
    return any(_matches(origin, one) for one in listed)


def _matches(origin: str, pattern: str) -> bool:
    if "*" not in pattern:
        return origin == pattern
    before, after = pattern.split("*")
    return origin.startswith(before) and origin.endswith(after) and "*" not in origin


def _in_ascii(typed: str) -> str:
    """Write a host with accents as the network does ("órgão.br": "xn--rgo-qla7d.br")."""
    if typed.isascii():
        return typed
    scheme, separator, rest = typed.partition("://")
    try:
        return scheme + separator + rest.encode("idna").decode("ascii")
    except UnicodeError:
        return typed
