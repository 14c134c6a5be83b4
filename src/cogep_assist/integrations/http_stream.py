"""A reply that is read while it comes, such as a stream of events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import httpx2

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http_failures import failures_named, retry_after_seconds
from cogep_assist.integrations.http_response import headers_as_text, media_type_of


class StreamedReply:
    """Status and headers at once, the body piece by piece; header names are lower-case."""

    def __init__(self, reply: httpx2.Response, host: str) -> None:
        self._reply = reply
        self._host = host
        self.status = reply.status_code
        self.headers = headers_as_text(reply.headers.raw)
        self.media_type = media_type_of(self.headers.get("content-type", ""))
        self.retry_after = retry_after_seconds(self.headers.get("retry-after"))

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Give the body as it arrives.

        Raises AppError("fetch_timeout", "fetch_truncated", "response_malformed",
        "response_too_large", "content_encoding_unsupported").
        """
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in {"", "identity"}:
            raise AppError("content_encoding_unsupported", host=self._host, encoding=encoding[:40])
        iterator = aiter(cast("httpx2.AsyncByteStream", self._reply.stream))
        assert isinstance(iterator, AsyncGenerator)
        with failures_named(self._host, body=True):
            async with aclosing(iterator) as chunks:
                async for chunk in chunks:
                    yield chunk
