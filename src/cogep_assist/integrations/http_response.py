"""A reply read to its end, with the few headers that the product uses made plain."""

import codecs
import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from cogep_assist.integrations.http_failures import retry_after_seconds

MAX_VALIDATOR_CHARS = 512
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]{1,64}/[\w.+-]{1,96})\s*(?:;|,|$)", re.ASCII)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)


@dataclass(slots=True)
class Response:
    """One reply.  Header names are lower-case; ``body`` is decoded and positioned at 0.

    The body lies in memory up to 1 MiB and in a temporary file beyond: close it, or use
    the response as a context manager.
    """

    status: int
    headers: dict[str, str]
    body: IO[bytes]
    size: int
    sha256: str
    final_url: str
    redirects: tuple[str, ...] = ()
    not_modified: bool = False
    media_type: str | None = field(init=False)
    charset: str | None = field(init=False)
    etag: str | None = field(init=False)
    last_modified: str | None = field(init=False)
    retry_after: float | None = field(init=False)

    def __post_init__(self) -> None:
        declared = self.headers.get("content-type", "")
        self.media_type = media_type_of(declared)
        self.charset = charset_of(declared)
        self.etag = plain_validator(self.headers.get("etag"))
        self.last_modified = plain_validator(self.headers.get("last-modified"))
        self.retry_after = retry_after_seconds(self.headers.get("retry-after"))

    def take_bytes(self) -> bytes:
        """Return the whole body and let its file go."""
        with self.body:
            return self.body.read()

    def close(self) -> None:
        """Let the body's file go."""
        self.body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def headers_as_text(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Join repeated headers with commas; values are UTF-8, or Latin-1 where they are not."""
    joined: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


def media_type_of(content_type: str) -> str | None:
    """Return the bare lower-case media type of a Content-Type header, None if unreadable."""
    match = _MEDIA_TYPE.match(content_type)
    return match[1].lower() if match else None


def charset_of(content_type: str) -> str | None:
    """Return the charset that a Content-Type header declares, if Python knows it as text."""
    match = _CHARSET.search(content_type)
    if match is None:
        return None
    try:
        codec = codecs.lookup(match[1])
        # Python also registers codecs such as zlib and hex, which decode no text.
        b"".decode(codec.name)
    except (LookupError, ValueError):
        return None
    return codec.name


def plain_validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified that can be sent back as it came, otherwise None."""
    if not value or len(value) > MAX_VALIDATOR_CHARS:
        return None
    return value if value.isascii() and value.isprintable() else None
