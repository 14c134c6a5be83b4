"""What an outgoing request may reach and how much it may cost (pure)."""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_address import (
    Address,
    AllowEntry,
    Reach,
    parse_allow_entry,
    plain_address,
    reach_of,
)
from cogep_assist.integrations.http_url import WebAddress, parse_url

MIB = 1024 * 1024
WEB_PORTS = frozenset({80, 443})


@dataclass(frozen=True)
class HttpPolicy:
    """Rules of one client.  Times are seconds, sizes bytes.

    ``pinned`` makes it the allowance of one endpoint that the administrator set: nothing
    but that exact scheme, host and port is reached, and ``allow_hosts`` does not count.
    ``internal`` says whether that endpoint may lie in the organisation's own network.
    """

    allowed_schemes: frozenset[str] = frozenset({"http", "https"})
    allowed_ports: frozenset[int] = WEB_PORTS
    allow_hosts: tuple[str, ...] = ()
    max_redirects: int = 5
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    total_timeout: float = 120.0
    max_bytes: int = 50 * MIB
    max_decoded_bytes: int = 50 * MIB
    max_header_bytes: int = 64 * 1024
    max_headers: int = 200
    pinned: tuple[str, str, int] | None = None
    internal: bool = True

    def __post_init__(self) -> None:
        # Read the list now: a bad entry must stop the start, not the first download.
        _ = self.entries

    @cached_property
    def entries(self) -> tuple[AllowEntry, ...]:
        """The allow-list, read.  Raises AppError("settings_invalid") naming the entry."""
        if self.pinned is not None:
            return (_entry_for_pinned(self.pinned),)
        return tuple(parse_allow_entry(text) for text in self.allow_hosts)

    def check_url(self, url: WebAddress) -> None:
        """Refuse a URL by scheme, port and, where it is a literal, address.

        Raises AppError("url_scheme_not_allowed", "url_port_not_allowed",
        "address_not_public", "origin_not_pinned").
        """
        if self.pinned is not None and url.origin != self.pinned:
            raise AppError("origin_not_pinned", host=url.host)
        if url.scheme not in self.allowed_schemes:
            raise AppError("url_scheme_not_allowed", scheme=url.scheme)
        self.check_port(url.host, url.port)
        if url.ip is not None:
            self.check_addresses(url.host, url.port, [url.ip])

    def check_port(self, host: str, port: int) -> None:
        """Refuse a port that neither the usual ones nor any entry names."""
        if port not in self.allowed_ports and not self._entries_naming(port):
            raise AppError("url_port_not_allowed", host=host, port=port)

    def check_addresses(self, host: str, port: int, addresses: list[Address]) -> None:
        """Refuse a host if any one of its addresses may not be reached.

        All must pass: an attacker's name server that mixes a public and an internal
        answer would otherwise choose by itself which of them is used.
        """
        for address in addresses:
            if self._permits(host, port, address):
                continue
            if reach_of(address) is Reach.PUBLIC:
                raise AppError("url_port_not_allowed", host=host, port=port)
            raise AppError("address_not_public", host=host)

    def _permits(self, host: str, port: int, address: Address) -> bool:
        public = reach_of(address) is Reach.PUBLIC
        if self.pinned is None and public and port in self.allowed_ports:
            return True
        if self.pinned is not None and not self.internal and not public:
            return False
        return any(entry.opens(host, address) for entry in self._entries_naming(port))

    def _entries_naming(self, port: int) -> list[AllowEntry]:
        return [entry for entry in self.entries if entry.names_port(port, WEB_PORTS)]


def policy_from_settings(settings: Settings) -> HttpPolicy:
    """Return the rules for URLs that people give, from the ``COGEP_FETCH_*`` settings."""
    return HttpPolicy(
        allow_hosts=tuple(settings.fetch_allow_hosts),
        max_redirects=settings.fetch_max_redirects,
        connect_timeout=settings.fetch_connect_seconds,
        read_timeout=settings.fetch_read_seconds,
        total_timeout=settings.fetch_total_seconds,
        max_bytes=settings.fetch_max_bytes,
        max_decoded_bytes=settings.fetch_max_bytes,
    )


def policy_for_pinned(
    origin: str,
    *,
    connect_timeout: float = 10.0,
    read_timeout: float = 60.0,
    total_timeout: float = 300.0,
    max_bytes: int = 64 * MIB,
    internal: bool = True,
) -> HttpPolicy:
    """Return the allowance of one endpoint that the administrator set.

    Only scheme, host and port of ``origin`` count.  The host may be internal, since who
    set it administers this system, but a name still may not lead to cloud metadata.  Without
    ``internal``, as for what was set on a page, only public addresses are reached.
    """
    return HttpPolicy(
        allowed_ports=frozenset(),
        max_redirects=0,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        total_timeout=total_timeout,
        max_bytes=max_bytes,
        max_decoded_bytes=max_bytes,
        pinned=parse_url(origin).origin,
        internal=internal,
    )


def _entry_for_pinned(pinned: tuple[str, str, int]) -> AllowEntry:
    _, host, port = pinned
    try:
        literal = plain_address(ip_address(host))
    except ValueError:
        return AllowEntry(port=port, name=host)
    return AllowEntry(port=port, network=ip_network(literal))
