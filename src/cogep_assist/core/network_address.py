"""Addresses of networks in one spelling: limits, proxies and records compare them as texts."""

import ipaddress


def plain_address(written: str) -> str:
    """Return an address in its one spelling; what is none, as it is written.

    A socket that takes IPv4 and IPv6 alike tells "::ffff:10.0.0.5" of who comes from 10.0.0.5.
    """
    parsed = _parsed(written)
    return written if parsed is None else str(parsed)


def network_of(written: str) -> str:
    """Return whose address it is: an IPv6 customer has at least a /64."""
    parsed = _parsed(written)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return written if parsed is None else str(parsed)


def _parsed(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(written.strip())
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
