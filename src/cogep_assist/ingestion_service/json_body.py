"""Read the JSON of POST /ingest: one source, or many in ``items``."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any

import pydantic_core
from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from cogep_assist.core.config import MIB, Settings
from cogep_assist.core.errors import AppError
from cogep_assist.edge.bounded_json import MOST_IN_ALL, refuse_too_many_members
from cogep_assist.edge.validation_words import as_app_error, invalid_field
from cogep_assist.ingestion_service.multipart import item_refused
from cogep_assist.ingestion_service.schemas import IngestBatch, IngestItem
from cogep_assist.ingestion_service.submission import (
    Options,
    Submission,
    text_submission,
    url_submission,
)

# A JSON body is held and parsed in memory; larger things come as files.
MAX_JSON_BYTES = 64 * MIB
BLOCKING_BYTES = 256 * 1024
SOURCES = frozenset({"url", "text"})


async def read_json_submissions(
    request: Request, settings: Settings
) -> tuple[list[Submission], bool]:
    """Return the sources and whether they came in ``items``.

    Raises AppError("body_too_large"|"body_invalid"|"request_invalid"|"too_many_items"|
    "item_refused") and what the checks of a single source raise.
    """
    body = await _read(request, min(MAX_JSON_BYTES, settings.ingest_max_request_bytes))
    if len(body) > BLOCKING_BYTES:
        return await asyncio.to_thread(_parse, body, settings)
    return _parse(body, settings)


async def _read(request: Request, limit: int) -> bytes:
    blocks, size = [], 0
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        block = message.get("body", b"")
        size += len(block)
        if size > limit:
            raise AppError("body_too_large", limit_mib=max(1, limit // MIB))
        blocks.append(block)
        if not message.get("more_body", False):
            return b"".join(blocks)


def _parse(body: bytes, settings: Settings) -> tuple[list[Submission], bool]:
    try:
        # Some programs of Windows begin a text with a mark that JSON only lets readers overlook.
        value = pydantic_core.from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except (ValueError, RecursionError):
        raise AppError("body_invalid") from None
    if not isinstance(value, dict):
        raise invalid_field("corpo", "deve ser um objeto JSON")
    refuse_too_many_members(value)
    try:
        if "items" not in value:
            # As ``model_validate`` does, whose own options take as long as the check.
            item = IngestItem.__pydantic_validator__.validate_python(value)
            return [_submission(item, {}, settings)], False
        _refuse_too_many(value["items"], settings)
        batch = IngestBatch.model_validate(value)
    except ValidationError as error:
        raise as_app_error(
            error.errors(include_url=False, include_context=True, include_input=False)
        ) from None
    return _many(batch, settings), True


def _refuse_too_many(items: Any, settings: Settings) -> None:
    if not isinstance(items, list):
        return
    if len(items) > settings.ingest_max_items:
        raise AppError("too_many_items", count=len(items), limit=settings.ingest_max_items)
    members = 0
    for item in items:
        if isinstance(item, dict):
            refuse_too_many_members(item)
            members += len(item)
    if members > MOST_IN_ALL:
        raise AppError("too_many_members", limit=MOST_IN_ALL)


def _many(batch: IngestBatch, settings: Settings) -> list[Submission]:
    defaults = batch.model_dump(exclude={"items"}, exclude_none=True)
    submissions = []
    for index, item in enumerate(batch.items):
        try:
            submissions.append(_submission(item, defaults, settings))
        except AppError as error:
            raise item_refused(index, error) from None
    return submissions


def _submission(item: IngestItem, defaults: Mapping[str, Any], settings: Settings) -> Submission:
    if (item.url is None) == (item.text is None):
        raise invalid_field("url", "deve vir, ou então “text”: exatamente um dos dois")
    options = Options(**{**defaults, **_given(item)})
    if item.url is not None:
        return url_submission(item.url, options)
    assert item.text is not None
    return text_submission(item.text, options, settings)


def _given(item: IngestItem) -> dict[str, Any]:
    """Return the options that came with an item; null is as good as absent."""
    named = item.model_fields_set - SOURCES
    return {name: value for name in named if (value := getattr(item, name)) is not None}
