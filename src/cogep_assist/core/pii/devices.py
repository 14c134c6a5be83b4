"""What tells a device, its connection or where it is: IP, MAC, IMEI, coordinates.

An address of the Internet leads to a subscriber (Marco Civil, art. 5, VI and VIII; LGPD, art. 12,
par. 2); one of an organisation's own network, or the MAC of its equipment, leads to a machine.
"""

import ipaddress
import re
from collections.abc import Iterator

from cogep_assist.core.pii.check_digits import luhn_checks
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_REACH = 40
# The sign before a first group, its digits, and one that shows where they begin.
_MOST_BEFORE = 6
_COLONS_OF_IPV6 = 6
# Each begins at a sign, of which there are fewer than digits; what is before it is read backwards.
_IPV4 = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(r":[0-9a-fA-F:]{5,36}(?![\w:])")
_FIRST_OCTET = re.compile(r"(?<![\w.])[0-9]{1,3}\Z")
_FIRST_GROUP = re.compile(r"(?<![\w:.])[0-9a-fA-F]{1,4}\Z")
_IP_SAID = re.compile(
    r"(?<![a-z])(?:ips?|ipv[46]|remote|client|origem|acess\w{1,8}|conex\w{1,4}|conect\w{1,4}|vindo"
    r"|login|from|host)(?![a-z])"
)
_VERSION_SAID = re.compile(r"(?:\bvers\w{1,5}|\brelease|\bbuild|\boid|\bv)[\s:=.\"]{0,3}\Z")
_VERSION_REACH = 16

_MAC = re.compile(
    r"[0-9a-fA-F](?<![\w:-].)[0-9a-fA-F](?P<sign>[:-])(?:[0-9a-fA-F]{2}(?P=sign)){4}"
    r"[0-9a-fA-F]{2}(?![\w:-])"
)
_IMEI = re.compile(
    r"[0-9](?<![\w.-].)(?:[0-9]{14}|[0-9]-[0-9]{6}-[0-9]{6}-[0-9]|[0-9] [0-9]{6} [0-9]{6} [0-9])"
    r"(?![\w-])"
)
# A telephone or a computer that somebody carries; equipment of an inventory is nobody's.
_CARRIED_TEXT = (
    "imei|iphone|celular|smartphone|telefone|tablet|dispositivo|aparelho|pulseira|rastreador"
)
_CARRIED = re.compile(rf"(?<![a-z])(?:{_CARRIED_TEXT})(?![a-z])")
_INVENTORY = re.compile(
    r"patrimonio|serie|switch|roteador|impressora|servidor [a-z]*[0-9]|tombamento"
)

_DECIMAL = re.compile(r"\.[0-9]{4,9}\s?[,;/ ]\s?-[0-9]{1,2}\.[0-9]{4,9}(?![\w.])")
_WHOLE_DEGREES = re.compile(r"(?<![\w.-])-?[0-9]{1,2}\Z")
_SEXAGESIMAL = re.compile(
    r"[0-9](?<![\w.].)[0-9]?\s?°\s?[0-9]{1,2}\s?['′]\s?(?:[0-9]{1,2}(?:[.,][0-9]{1,3})?\s?(?:\"|″|''))?"
    r"\s?[NSns][\s,;/]{1,3}[0-9]{1,3}\s?°\s?[0-9]{1,2}\s?['′]\s?"
    r"(?:[0-9]{1,2}(?:[.,][0-9]{1,3})?\s?(?:\"|″|''))?\s?[WOLEwole](?![\w])"
)


def find_devices(text: FoldedText) -> Iterator[Finding]:
    """Yield public IP addresses, carried devices' IMEI and MAC, and pairs of coordinates."""
    yield from _addresses(text, _IPV4, _FIRST_OCTET)
    if "::" in text.plain or text.plain.count(":") > _COLONS_OF_IPV6:
        yield from _addresses(text, _IPV6, _FIRST_GROUP)
    if any(word in text.lower for word in _CARRIED_TEXT.split("|")):
        yield from _carried(text)
    yield from _places(text)


def _addresses(
    text: FoldedText, rest: re.Pattern[str], first: re.Pattern[str]
) -> Iterator[Finding]:
    for start, end in _spans(text.plain, rest, first):
        surface = text.plain[start:end]
        version = _VERSION_SAID.search(text.lower, max(start - _VERSION_REACH, 0), start)
        if version or not _public(surface):
            continue
        said = _IP_SAID.search(text.lower, max(start - _REACH, 0), start)
        # Four numbers are also a version or a chapter; eight groups are nothing else.
        score = 0.85 if said or rest is _IPV6 else 0.5
        if score < 0.8 and all(len(part) < 3 for part in surface.split(".")):
            continue
        yield Finding(Kind.IP_ADDRESS, *text.place(start, end), surface.lower(), score)


def _spans(plain: str, rest: re.Pattern[str], first: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in rest.finditer(plain):
        before = first.search(plain, max(found.start() - _MOST_BEFORE, 0), found.start())
        if before:
            yield before.start(), found.end()


def _public(surface: str) -> bool:
    try:
        return ipaddress.ip_address(surface).is_global
    except ValueError:
        return False


def _carried(text: FoldedText) -> Iterator[Finding]:
    for found in _MAC.finditer(text.plain):
        if _somebodys(text.lower, found.start()):
            value = found[0].upper().replace("-", ":")
            yield Finding(Kind.DEVICE, *text.place(*found.span()), value, 0.8)
    for found in _IMEI.finditer(text.plain):
        digits = "".join(filter(str.isdigit, found[0]))
        if luhn_checks(digits) and _somebodys(text.lower, found.start()):
            yield Finding(Kind.DEVICE, *text.place(*found.span()), digits, 0.85)


def _somebodys(lower: str, start: int) -> bool:
    before = max(start - _REACH, 0)
    return bool(
        _CARRIED.search(lower, before, start) and not _INVENTORY.search(lower, before, start)
    )


def _places(text: FoldedText) -> Iterator[Finding]:
    """Yield pairs of a latitude and a longitude within Brazil's reach, or drawn with degrees."""
    for start, end in _spans(text.plain, _DECIMAL, _WHOLE_DEGREES):
        surface = text.plain[start:end]
        latitude, longitude = map(float, re.findall(r"-?[0-9]+\.[0-9]+", surface))
        if -34 <= latitude <= 6 and -74 <= longitude <= -28:
            yield Finding(Kind.LOCATION, *text.place(start, end), surface, 0.85)
    if "°" in text.plain:
        for found in _SEXAGESIMAL.finditer(text.plain):
            yield Finding(Kind.LOCATION, *text.place(*found.span()), found[0], 0.85)
