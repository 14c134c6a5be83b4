"""Refuse a request that names no host, two of them, or one in its target and another beside it.

Each proxy on the way picks another of two names (RFC 9112, 3.2): what one of them checks or keeps
for later would be of one site, and what we answer of another.
"""

import re
from collections.abc import Sequence
from typing import Any

from httptools import parse_url

# RFC 3986, 3.2: a name or an IPv4 address, or an IPv6 address in brackets, and a port.
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")


class AmbiguousHostError(ValueError):
    """The request does not say whom it is for."""


def refuse_two_hosts(
    target: bytes, headers: Sequence[tuple[bytes, bytes]], http_version: str
) -> None:
    """Raise AmbiguousHostError unless exactly one well-formed host is named; 1.0 may name none.

    Names of headers are in lower case. A whole URL as target must name the same host.
    """
    named = [value for name, value in headers if name == b"host"]
    if len(named) > 1 or (not named and http_version != "1.0"):
        raise AmbiguousHostError
    host = named[0].lower() if named else b""
    if not _HOST.fullmatch(host):
        raise AmbiguousHostError
    if not target.startswith((b"/", b"*")) and host != _authority(target):
        raise AmbiguousHostError


def _authority(target: bytes) -> bytes:
    # Without these, which is not what its types say, they are None.
    url: Any = parse_url(target)
    if url.userinfo is not None or url.host is None:
        raise AmbiguousHostError
    name: bytes = b"[%b]" % url.host if b":" in url.host else url.host
    return (name if url.port is None else b"%b:%d" % (name, url.port)).lower()
