"""How a request is made: signed in, repeated where that does no harm, its errors named."""

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

REPEATED_STATUSES = frozenset({429, 502, 503, 504})
SAFE_METHODS = frozenset({"GET", "HEAD"})
MAX_WAIT_SECONDS = 30.0


class ApiError(Exception):
    """What the API refused or failed at: a stable code, and words in Portuguese."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(error.get("code", "unknown"))
        self.message = str(error.get("message", ""))
        self.details: Mapping[str, Any] = error.get("details") or {}
        self.request_id = error.get("request_id")
        super().__init__(f"{status} {self.code}: {self.message}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sent: its name, its bytes, and its type as far as it is known."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


class Transport:
    """A connection to one installation; close it, or use it as a context manager.

    ``timeout``: seconds of silence. ``retries``: tries after the first.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        retries: int = 4,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._http = httpx2.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout,
            transport=transport,
        )

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """Give the items of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self._call("GET", path, query={**query, "cursor": cursor})
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        files: list[Upload] | None = None,
        form: Mapping[str, str] | None = None,
        once: bool = False,
        if_match: int | None = None,
    ) -> Any:
        """Make a request and return its JSON, its bytes, or None. Raises ApiError."""
        headers = {} if if_match is None else {"If-Match": f'"{if_match}"'}
        if once:
            # The same key at every try: however often it arrives, it is done once.
            headers["Idempotency-Key"] = uuid.uuid4().hex
        asked: dict[str, Any] = {
            "headers": headers,
            "params": {name: _plain(v) for name, v in (query or {}).items() if v is not None},
        }
        if files is not None:
            asked["files"] = [("file", (f.name, f.content, f.media_type)) for f in files]
            asked["data"] = dict(form or {})
        elif body is not None:
            asked["json"] = body
        return _result(self._sent(method, path, asked, once or method in SAFE_METHODS))

    def _sent(
        self, method: str, path: str, asked: dict[str, Any], may_repeat: bool
    ) -> httpx2.Response:
        for attempt in range(self._retries + 1):
            last = attempt == self._retries or not may_repeat
            try:
                reply = self._http.request(method, path, **asked)
            except httpx2.TransportError:
                if last:
                    raise
                time.sleep(_pause(attempt, None))
                continue
            if reply.status_code not in REPEATED_STATUSES or last:
                return reply
            time.sleep(_pause(attempt, reply.headers.get("retry-after")))
        raise AssertionError("unreachable")


def part(value: Any) -> str:
    """Return a value as one segment of a path."""
    return quote(str(value), safe="")


def _result(reply: httpx2.Response) -> Any:
    is_json = reply.headers.get("content-type", "").startswith("application/json")
    if reply.is_success:
        if reply.status_code == 204 or not reply.content:
            return None
        return reply.json() if is_json else reply.content
    error = reply.json().get("error", {}) if is_json else {}
    raise ApiError(reply.status_code, error if isinstance(error, dict) else {})


def _pause(attempt: int, retry_after: str | None) -> float:
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), MAX_WAIT_SECONDS)
    longest = min(0.5 * 2**attempt, MAX_WAIT_SECONDS)
    return random.uniform(longest / 2, longest)  # noqa: S311  (no secret)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
