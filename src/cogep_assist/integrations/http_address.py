"""Which network addresses may be reached, by our own list of ranges (pure)."""

from dataclasses import dataclass
from enum import Enum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_url import canonical_host, literal_ip

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(Enum):
    """Where an address leads."""

    PUBLIC = "public"
    PRIVATE = "private"  # an organisation's own network
    LOOPBACK = "loopback"
    RESERVED = "reserved"  # link-local, cloud metadata, multicast, tunnels, documentation


_PRIVATE_4 = tuple(
    map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"))
)
_LOOPBACK_4 = IPv4Network("127.0.0.0/8")
# IANA IPv4 Special-Purpose Address Registry, plus multicast, plus the one globally
# numbered address that answers inside a cloud's own network.
_RESERVED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # "this network"; Linux connects 0.0.0.0 to itself
            "169.254.0.0/16",  # link-local and most clouds' metadata
            "168.63.129.16/32",  # Azure's host agent
            "192.0.0.0/24",  # protocol assignments, among them Oracle Cloud's metadata
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_PRIVATE_6 = (IPv6Network("fc00::/7"),)
_LOOPBACK_6 = IPv6Address("::1")
_GLOBAL_6 = IPv6Network("2000::/3")
# Inside 2000::/3; whatever is outside it is not public either (NAT64 64:ff9b::/96 and
# 64:ff9b:1::/48, v4-compatible ::/96, 100::/64, 5f00::/16, fe80::/10, fec0::/10, ff00::/8).
_RESERVED_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo and ORCHID among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: leads to any IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
# Clouds' metadata inside the private ranges: Alibaba, Amazon, Google.
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254", "fd20:ce::254")))
_CARRIES_IPV4 = IPv6Network("64:ff9b::/96")


def plain_address(address: Address) -> Address:
    """Return the IPv4 address that an IPv4-mapped IPv6 address stands for, else itself."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def reach_of(address: Address) -> Reach:
    """Judge where an address leads; Python's own ``is_global`` lets tunnels through."""
    address = plain_address(address)
    if isinstance(address, IPv4Address):
        return _reach_of_ipv4(address)
    if address.scope_id is not None:
        return Reach.RESERVED
    if address == _LOOPBACK_6:
        return Reach.LOOPBACK
    if any(address in network for network in _PRIVATE_6):
        return Reach.RESERVED if address in _METADATA else Reach.PRIVATE
    if address not in _GLOBAL_6 or any(address in network for network in _RESERVED_6):
        return Reach.RESERVED
    return Reach.PUBLIC


@dataclass(frozen=True, slots=True)
class AllowEntry:
    """One entry of the administrator's list: an exact name, a suffix or a network."""

    port: int | None
    name: str | None = None
    suffix: str | None = None
    network: Network | None = None

    def names_port(self, port: int, default_ports: frozenset[int]) -> bool:
        """Say whether the entry opens a port; without one of its own, the usual ports."""
        return port == self.port if self.port is not None else port in default_ports

    def opens(self, host: str, address: Address) -> bool:
        """Say whether the entry lets this host be reached at this address.

        A network opens whatever it holds.  A name opens the organisation's own ranges and
        this machine, a suffix the former alone: who answers for a name must not be able
        to point it at a cloud's metadata.
        """
        reach = reach_of(address)
        if self.network is not None:
            return self._holds(plain_address(address))
        if self.name is not None:
            return host == self.name and reach is not Reach.RESERVED
        assert self.suffix is not None
        return host.endswith(self.suffix) and reach in {Reach.PUBLIC, Reach.PRIVATE}

    def _holds(self, address: Address) -> bool:
        network = self.network
        if network is None or address.version != network.version or address not in network:
            return False
        if isinstance(address, IPv6Address) and address in _CARRIES_IPV4:
            # A translator in our own network would reach the IPv4 address inside.
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
            return _reach_of_ipv4(inner) is Reach.PUBLIC
        return True


def parse_allow_entry(text: str) -> AllowEntry:
    """Read ``host``, ``host:port``, ``*.suffix``, an address or a CIDR range.

    IPv6 with a port is written in brackets.  Raises AppError("settings_invalid").
    """
    entry = text.strip()
    target, port = _split_entry_port(entry)
    network = _network(target)
    if network is not None:
        return AllowEntry(port=port, network=network)
    try:
        if target.startswith("*."):
            return AllowEntry(port=port, suffix="." + canonical_host(target[2:]))
        host = canonical_host(target)
    except AppError:
        raise _bad_entry(entry) from None
    literal = literal_ip(host)
    if literal is not None:
        return AllowEntry(port=port, network=ip_network(literal))
    return AllowEntry(port=port, name=host)


def _reach_of_ipv4(address: IPv4Address) -> Reach:
    if address in _LOOPBACK_4:
        return Reach.LOOPBACK
    if any(address in network for network in _PRIVATE_4):
        return Reach.RESERVED if address in _METADATA else Reach.PRIVATE
    if any(address in network for network in _RESERVED_4):
        return Reach.RESERVED
    return Reach.PUBLIC


def _split_entry_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        target, bracket, after = entry[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise _bad_entry(entry)
        port = after[1:]
    elif entry.count(":") == 1:
        target, _, port = entry.partition(":")
        if not port:
            raise _bad_entry(entry)
    else:
        target, port = entry, ""
    if not port:
        return target, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise _bad_entry(entry)
    return target, int(port)


def _network(target: str) -> Network | None:
    try:
        network = ip_network(target, strict=False) if "/" in target else None
        if network is None and ":" in target:
            network = ip_network(plain_address(ip_address(target)))
    except ValueError:
        raise _bad_entry(target) from None
    return network


def _bad_entry(entry: str) -> AppError:
    return AppError(
        "settings_invalid",
        setting="COGEP_FETCH_ALLOW_HOSTS",
        reason=f"“{entry[:80]}” não é host, host:porta, *.sufixo, endereço nem faixa CIDR",
    )
