"""A socket to a server that the administrator set: looked up once, judged, opened to that address.

The rules are those of pinned endpoints (docs/adr/0003, rule 8): the host may be internal, but no
name leads to cloud metadata, link-local or other reserved addresses. Blocks: call from a thread.
"""

import socket
from ipaddress import ip_address

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_address import Reach, reach_of
from cogep_assist.integrations.http_policy import policy_for_pinned
from cogep_assist.integrations.http_url import canonical_host

MAX_ADDRESSES_TRIED = 6


def open_pinned(host: str, port: int, seconds: float) -> socket.socket:
    """Connect to a server by name or address.

    Raises AppError("address_not_public"|"dns_failed"|"url_invalid") where it may not be reached
    or is not found, and OSError where it does not answer.
    """
    written = f"[{host}]" if ":" in host else host
    name = canonical_host(written)
    policy = policy_for_pinned(f"https://{written}:{port}")
    addresses = _look_up(name, port)
    judged = [ip_address(address) for address in addresses]
    policy.check_addresses(name, port, judged)
    # No mail server is there, even where the settings give such an address itself.
    if any(reach_of(address) is Reach.RESERVED for address in judged):
        raise AppError("address_not_public", host=name)
    failure: OSError | None = None
    for address in addresses[:MAX_ADDRESSES_TRIED]:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def _look_up(name: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AppError("dns_failed", host=name, reason="o nome não foi encontrado") from None
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))
