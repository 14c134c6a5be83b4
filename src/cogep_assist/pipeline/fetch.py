"""First station: bring a URL's document in, or learn that it has not changed."""

import re
import unicodedata
from dataclasses import dataclass
from email.message import Message
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, Response

MAX_NAME_CHARS = 200
# Controls, invisible and direction marks, lone surrogates, and what Windows forbids.
_NOT_IN_NAMES = re.compile(
    r"[\ud800-\udfff\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>:\"|?*]"
)


@dataclass(slots=True)
class Fetched:
    """A document as its server gave it.

    ``name`` is a bare file name, safe to show and to take an extension from;
    ``declared_type`` and ``charset`` are the server's word, to be checked against the
    bytes.  Where ``not_modified``, there is no content and ``content_sha256`` is empty.
    Close it, or use it as a context manager, unless ``take_bytes`` was called.
    """

    name: str
    declared_type: str | None
    charset: str | None
    final_url: str
    etag: str | None
    last_modified: str | None
    not_modified: bool
    content_sha256: str
    size: int
    response: Response

    def take_bytes(self) -> bytes:
        """Return the whole content and let its temporary file go."""
        return self.response.take_bytes()

    def close(self) -> None:
        """Let the temporary file go."""
        self.response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


async def fetch(
    client: GuardedClient,
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    max_bytes: int | None = None,
) -> Fetched:
    """Download a document; with the last version's validators, only if it has changed.

    Raises AppError of the ``fetch`` catalogue, "response_empty" among them;
    ``error.retryable`` says whether a later attempt may succeed, and
    ``error.details["retry_after"]`` when the server asked for it, in seconds.
    """
    response = await client.get(url, etag=etag, last_modified=last_modified, max_bytes=max_bytes)
    if not response.not_modified and response.size == 0:
        response.close()
        raise AppError("response_empty", host=urlsplit(response.final_url).hostname)
    return Fetched(
        name=document_name(response.headers.get("content-disposition"), response.final_url),
        declared_type=response.media_type,
        charset=response.charset,
        final_url=response.final_url,
        etag=response.etag or (etag if response.not_modified else None),
        last_modified=response.last_modified or (last_modified if response.not_modified else None),
        not_modified=response.not_modified,
        content_sha256=response.sha256,
        size=response.size,
        response=response,
    )


def document_name(disposition: str | None, url: str) -> str:
    """Name a document by Content-Disposition, the URL's last segment, or its host."""
    parts = urlsplit(url)
    segment = unquote(parts.path.rstrip("/").rpartition("/")[2], errors="replace")
    for candidate in (_named_by(disposition), segment, parts.hostname):
        name = _bare_name(candidate or "")
        if name:
            return name
    return "documento"


def _named_by(disposition: str | None) -> str | None:
    if not disposition:
        return None
    header = Message()
    header["content-disposition"] = re.sub(r"[\r\n]", " ", disposition)
    try:
        return header.get_filename()
    except (LookupError, ValueError):
        return None


def _bare_name(text: str) -> str:
    last = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    name = " ".join(_NOT_IN_NAMES.sub("", last).split()).strip(" .")
    if len(name) <= MAX_NAME_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:MAX_NAME_CHARS]
    return f"{stem[: MAX_NAME_CHARS - len(extension) - 1]}.{extension}"
