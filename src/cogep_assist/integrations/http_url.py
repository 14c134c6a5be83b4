"""One reading of a URL for the whole product: what is judged is what is requested (pure)."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, unquote_to_bytes, urljoin

import idna

from cogep_assist.core.errors import AppError

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_CHARS = 4096
MAX_HOST_CHARS = 253

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_HALF_ABSOLUTE = re.compile(r"https?:(?!//[^/])", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_HEXADECIMAL = re.compile(r"0[xX][0-9A-Fa-f]{0,63}")
_OCTAL = re.compile(r"0[0-7]{0,63}")
_DECIMAL = re.compile(r"[1-9][0-9]{0,63}")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# What is in its canonical form as it stands, as most addresses are; short enough for any host.
_PLAIN = re.compile(
    r"https?://(?:(?!xn--)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]{2,63}"
    r"(?:/(?!\.\.?(?:/|\Z))[A-Za-z0-9!$&'()*+,;=:@._~-]*)+"
)
_PLAIN_CHARS = 250
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~%"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?[]"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A URL taken apart: scheme, canonical host (name or bare IP text), port, path and query."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def ip(self) -> IPv4Address | IPv6Address | None:
        """The address when the host is a literal, otherwise None."""
        return literal_ip(self.host)

    @property
    def authority(self) -> str:
        """Host as written in a URL, with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what two URLs share to be one origin (RFC 6454)."""
        return (self.scheme, self.host, self.port)

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.authority}{self.path}{query}"


def canonical_url(url: str) -> str:
    """Write a web URL in its one canonical form, used as the source key of a document.

    Lower-case scheme and host, IDNA, plain IPv4 for its decimal, octal and hexadecimal
    spellings, no default port, fragment, trailing dot, dot segments or empty query, and
    percent-encoding as in RFC 3986 section 6.2.2.  Raises AppError("url_invalid",
    "url_scheme_not_allowed", "url_credentials_refused").
    """
    if len(url) <= _PLAIN_CHARS and _PLAIN.fullmatch(url):
        return url
    return str(parse_url(url))


def parse_url(url: str) -> WebAddress:
    """Take a web URL apart, refusing whatever two readers could read in two ways."""
    text = url.strip(" \t\r\n")
    if not text:
        raise _invalid("está vazio")
    if len(text) > MAX_URL_CHARS:
        raise _invalid(f"passa de {MAX_URL_CHARS} caracteres")
    if _CONTROL.search(text):
        raise _invalid("tem caracteres de controle ou quebra de linha")
    scheme, rest = _split_scheme(text)
    authority, path, query = _split_parts(rest)
    host_text, port_text = _split_port(authority)
    return WebAddress(
        scheme=scheme,
        host=canonical_host(host_text),
        port=_port(port_text, scheme),
        path=_normal_path(path),
        query=_normal_escapes(query, _SAFE_IN_QUERY),
    )


def join_url(base: WebAddress, location: str) -> WebAddress:
    """Resolve a redirect's Location against the URL that answered it."""
    text = location.strip(" \t\r\n")
    if _CONTROL.search(text) or "\\" in text:
        # Readers differ on these: urljoin would drop a line break in silence.
        raise _invalid("tem caracteres de controle ou barras invertidas")
    if _HALF_ABSOLUTE.match(text):
        # "http:host" is relative to one reader and absolute to another.
        raise _invalid("tem // a menos ou / a mais depois de http: ou https:")
    try:
        joined = urljoin(str(base), text)
    except ValueError:
        raise _invalid("não pôde ser lido") from None
    return parse_url(joined)


def canonical_host(text: str) -> str:
    """Write a host in its one form: bare IP text, or an ASCII name without trailing dot.

    IPv4 is read as the WHATWG URL standard does (section 3.5), so that 2130706433,
    0x7f.1 and fullwidth digits are judged as the address that a browser would reach.
    """
    if text.startswith("["):
        return _canonical_ipv6(text)
    name = _ascii_name(text)
    name = name.removesuffix(".")
    if not name or len(name) > MAX_HOST_CHARS:
        raise _invalid("não tem um nome de servidor válido")
    labels = name.split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return str(_legacy_ipv4(labels))
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _invalid("não tem um nome de servidor válido")
    for label in labels:
        _check_punycode(label)
    return name


def literal_ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a canonical host spells, or None for a name."""
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except AddressValueError:
        return None


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.fullmatch(text)
    if match is None:
        raise _invalid("falta http:// ou https:// no começo")
    scheme, rest = match[1].lower(), match[2]
    if scheme not in DEFAULT_PORTS:
        if "." in scheme or rest[:1].isdigit():
            raise _invalid("falta http:// ou https:// no começo")
        raise AppError("url_scheme_not_allowed", scheme=scheme[:20])
    if not rest.startswith("//"):
        raise _invalid("falta // depois de http: ou https:")
    return scheme, rest[2:]


def _split_parts(rest: str) -> tuple[str, str, str]:
    before_fragment = rest.split("#", 1)[0]
    before_query, _, query = before_fragment.partition("?")
    if "\\" in before_query:
        raise _invalid("tem barras invertidas")
    authority, slash, path = before_query.partition("/")
    if "@" in authority:
        raise AppError("url_credentials_refused")
    return authority, slash + path, query


def _split_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, bracket, after = authority.partition("]")
        if not bracket or (after and not after.startswith(":")):
            raise _invalid("não tem um endereço IPv6 válido")
        return host + bracket, after[1:]
    host, _, port = authority.partition(":")
    return host, port


def _port(text: str, scheme: str) -> int:
    if not text:
        return DEFAULT_PORTS[scheme]
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and 0 < int(text) < 65536):
        raise _invalid("não tem um número de porta válido")
    return int(text)


def _canonical_ipv6(text: str) -> str:
    if "%" in text:
        raise _invalid("tem um identificador de zona IPv6")
    try:
        address = IPv6Address(text[1:-1] if text.endswith("]") else "")
    except AddressValueError:
        raise _invalid("não tem um endereço IPv6 válido") from None
    # One address, one spelling: a mapped address is the IPv4 address it maps.
    return str(address.ipv4_mapped or address)


def _ascii_name(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        # UTS 46 alone reads fullwidth digits and ideographic dots; a purely numeric
        # host is no IDNA name, yet a browser would take it for an IPv4 address.
        mapped = idna.uts46_remap(text, std3_rules=True)
    except (idna.IDNAError, UnicodeError):
        raise _invalid("não tem um nome de servidor válido") from None
    if not mapped.isascii():
        raise _invalid("não tem um nome de servidor válido")
    return mapped.lower()


def _legacy_ipv4(labels: list[str]) -> IPv4Address:
    if len(labels) > 4:
        raise _invalid("não tem um endereço IPv4 válido")
    numbers = [_legacy_number(label) for label in labels]
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise _invalid("não tem um endereço IPv4 válido")
    value = numbers[-1]
    for position, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - position))
    return IPv4Address(value)


def _legacy_number(label: str) -> int:
    if _HEXADECIMAL.fullmatch(label):
        return int(label[2:] or "0", 16)
    if _OCTAL.fullmatch(label):
        return int(label, 8)
    if _DECIMAL.fullmatch(label):
        return int(label)
    raise _invalid("não tem um endereço IPv4 válido")


def _check_punycode(label: str) -> None:
    if not label.startswith("xn--"):
        return
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        decoded = ""
    if decoded.isascii():
        raise _invalid("não tem um nome de servidor válido")


def _normal_path(path: str) -> str:
    segments = _normal_escapes(path, _SAFE_IN_PATH).split("/")[1:]
    kept: list[str] = []
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
        if last and segment in {".", ".."}:
            kept.append("")
    return "/" + "/".join(kept)


def _normal_escapes(text: str, safe: str) -> str:
    try:
        encoded = quote(text, safe=safe)
    except UnicodeEncodeError:
        raise _invalid("tem caracteres que não são Unicode válido") from None
    parts: list[str] = []
    cursor = 0
    while (found := encoded.find("%", cursor)) >= 0:
        parts.append(encoded[cursor:found])
        escape = encoded[found : found + 3]
        if _PERCENT.fullmatch(escape):
            byte = unquote_to_bytes(escape)
            parts.append(byte.decode("ascii") if byte[0] in _UNRESERVED else escape.upper())
            cursor = found + 3
        else:
            parts.append("%25")
            cursor = found + 1
    parts.append(encoded[cursor:])
    return "".join(parts)


def _invalid(reason: str) -> AppError:
    return AppError("url_invalid", reason=reason)
