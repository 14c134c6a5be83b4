"""Webhooks out: signed, by the guarded client, never redirected; the outbox decides when."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import WebhookStatus
from cogep_assist.core.outbox import Parcel
from cogep_assist.core.outbox_delivery import MAX_ATTEMPTS, MAX_BODY_BYTES
from cogep_assist.core.webhook_signature import EVENT_ID, SIGNATURE, TIMESTAMP, sign
from cogep_assist.core.webhooks import (
    Destination,
    callback_secret,
    destination_of,
    note_failure,
    note_success,
    note_verified,
    pause,
)
from cogep_assist.integrations.http import GuardedClient, StreamedReply

# Whole: look-up, connection, request and reply.
SECONDS = 15.0
GONE = 410
# So long is an address used again as it was read: a change of it takes effect within a second.
KNOWN_SECONDS = 1.0


class WebhookCourier:
    """Deliver events, challenges and calls back; keep count of how addresses are doing."""

    def __init__(self, database: Database, client: GuardedClient) -> None:
        self._database = database
        self._client = client
        self._known: dict[UUID, tuple[float, Destination]] = {}

    async def event(self, parcel: Parcel) -> str:
        """Deliver one event. Raises AppError("webhook_refused"|"webhook_timeout"|...).

        "delivery_held" where the webhook is paused, before or by this very try.
        """
        there = await self._destination(parcel, fresh=False)
        if there.status is not WebhookStatus.ACTIVE:
            # What was read a moment ago refuses nothing: its challenge may have been met since.
            there = await self._destination(parcel)
        if there.status is WebhookStatus.PAUSED:
            raise AppError("delivery_held")
        if there.status is not WebhookStatus.ACTIVE:
            raise AppError("webhook_not_active")
        try:
            reply = await self._post(parcel, there.url, there.secrets)
        except AppError as error:
            await self._failed(parcel, there, error)
            raise
        if there.failures:
            self._known.pop(there.webhook_id, None)
            async with self._database.begin() as session:
                await note_success(session, there.webhook_id)
        return reply

    async def challenge(self, parcel: Parcel) -> str:
        """Ask an address to repeat a random word; events go out once it has."""
        there = await self._destination(parcel)
        try:
            reply = await self._post(parcel, there.url, there.secrets)
            if not _repeats(parcel.log.reply_body or b"", str(parcel.payload["challenge"])):
                raise AppError("webhook_challenge_unmet", retryable=not parcel.last_try)
        except AppError as error:
            async with self._database.begin() as session:
                await note_failure(session, there.webhook_id, error.code)
            raise
        async with self._database.begin() as session:
            await note_verified(session, there.webhook_id)
        return reply

    async def callback(self, parcel: Parcel) -> str:
        """Tell the end of a job to the address that came with it."""
        signed_by = callback_secret(str(parcel.payload["submitted_by"]))
        return await self._post(parcel, str(parcel.payload["url"]), [signed_by])

    async def _destination(self, parcel: Parcel, *, fresh: bool = True) -> Destination:
        """Return where a parcel goes; for a burst of events, as it was a moment ago."""
        now = time.monotonic()
        looked_at, found = self._known.get(parcel.webhook_id or parcel.id, (0.0, None))
        if found is not None and not fresh and now - looked_at < KNOWN_SECONDS:
            return found
        if parcel.webhook_id is not None:
            async with self._database.begin() as session:
                found = await destination_of(session, parcel.webhook_id)
            if found is not None:
                self._known[parcel.webhook_id] = (now, found)
                return found
        raise AppError("webhook_not_found")

    async def _failed(self, parcel: Parcel, there: Destination, error: AppError) -> None:
        """Count the failure; pause where the address is gone, or nothing else went through."""
        self._known.pop(there.webhook_id, None)
        async with self._database.begin() as session:
            failures = await note_failure(session, there.webhook_id, error.code)
            given_up = parcel.last_try and error.retryable and failures >= MAX_ATTEMPTS
            paused = given_up or parcel.log.status_code == GONE
            if paused:
                await pause(session, there.webhook_id)
        if paused:
            raise AppError("delivery_held", reply=error.details.get("reply", error.code))

    async def _post(self, parcel: Parcel, url: str, secrets: Sequence[str]) -> str:
        body = str(parcel.payload["body"]).encode()
        timestamp = int(time.time())
        named = {EVENT_ID: str(parcel.payload["event_id"]), TIMESTAMP: str(timestamp)}
        parcel.log.request = {"target": _origin(url), "headers": named, "bytes": len(body)}
        headers = {
            **named,
            SIGNATURE: sign(secrets, timestamp, body),
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "*/*",
        }
        try:
            async with asyncio.timeout(SECONDS):
                return await self._exchange(parcel, url, body, headers)
        except TimeoutError:
            raise AppError("webhook_timeout", seconds=round(SECONDS)) from None
        except AppError as error:
            # A certificate that ran out or a name that is not found may be mended in time.
            error.details.setdefault("retryable", not _refused_here(error.code))
            raise

    async def _exchange(
        self, parcel: Parcel, url: str, body: bytes, headers: Mapping[str, str]
    ) -> str:
        async with self._client.stream("POST", url, content=body, headers=headers) as reply:
            parcel.log.status_code = reply.status
            parcel.log.reply_body = await _beginning(reply)
        told = f"HTTP {reply.status}"
        if 200 <= reply.status < 300:
            return told
        # Whatever it says, it may say otherwise later: only what was asked for is gone.
        details: dict[str, Any] = {"reply": told, "retryable": reply.status != GONE}
        if reply.retry_after is not None:
            details["retry_after"] = reply.retry_after
        raise AppError("webhook_refused", **details)


async def _beginning(reply: StreamedReply) -> bytes:
    """Return the first bytes of a reply; its status counts, whatever becomes of the rest."""
    said = b""
    with contextlib.suppress(AppError):
        async for piece in reply.pieces():
            said += piece
            if len(said) >= MAX_BODY_BYTES:
                break
    return said[:MAX_BODY_BYTES]


def _refused_here(code: str) -> bool:
    """Whether it was our own guard that refused the address."""
    return code.startswith("url_") or code in {"address_not_public", "origin_not_pinned"}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _repeats(reply: bytes, challenge: str) -> bool:
    text = reply.decode("utf-8", "replace").strip()
    if text == challenge:
        return True
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    return isinstance(said, dict) and said.get("challenge") == challenge
