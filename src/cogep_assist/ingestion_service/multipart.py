"""Read an upload as it arrives: files to temporary files, limits checked on the way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, was_chosen
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.submission import (
    Options,
    SpooledContent,
    Submission,
    file_submission,
)

TEXT_FIELDS = frozenset(
    {"collection", "external_id", "title", "metadata", "priority", "callback_url", "csrf_token"}
)


@asynccontextmanager
async def read_upload(request: Request, settings: Settings) -> AsyncIterator[list[Submission]]:
    """Give the submissions of a multipart body; their temporary files live as long as the block.

    Raises AppError("too_many_files"|"file_too_large"|"multipart_invalid"|"no_files"|
    "request_invalid") and what ``file_submission`` raises.
    """
    limits = UploadLimits(settings.ingest_max_files, settings.ingest_max_file_bytes)
    parser = BoundedParser(request, limits)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None
    try:
        yield await _submissions(form, settings)
    finally:
        await form.close()


async def _submissions(form: FormData, settings: Settings) -> list[Submission]:
    files: list[UploadFile] = []
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        shown = name[:100].encode("utf-8", "replace").decode()
        if isinstance(value, UploadFile):
            # A file is known by having a name, whatever its field is called.
            if name in TEXT_FIELDS:
                raise invalid_field(shown, "é um campo de texto, e veio nele um arquivo")
            if was_chosen(value):
                files.append(value)
        elif name not in TEXT_FIELDS:
            raise invalid_field(shown, "não existe neste formulário")
        elif name in fields:
            raise invalid_field(shown, "veio mais de uma vez")
        else:
            fields[name] = value
    if not files:
        raise AppError("no_files")
    for name in ("external_id", "title"):
        if len(files) > 1 and name in fields:
            raise invalid_field(name, "só pode vir com um único arquivo")
    options = _options(fields)
    return [
        await _one(upload, options, settings, index if len(files) > 1 else None)
        for index, upload in enumerate(files)
    ]


async def _one(
    upload: UploadFile, options: Options, settings: Settings, index: int | None
) -> Submission:
    content = await asyncio.to_thread(SpooledContent.of, upload.file)
    try:
        return file_submission(
            upload.filename or "", upload.content_type, content, options, settings
        )
    except AppError as error:
        raise (error if index is None else item_refused(index, error)) from None


def item_refused(index: int, error: AppError) -> AppError:
    """Name the item for whose sake a whole request is refused."""
    return AppError(
        "item_refused",
        index=index,
        cause=error.code,
        cause_text=error.text,
        cause_remedy=error.remedy,
        cause_details=error.details,
    )


def _options(fields: dict[str, str]) -> Options:
    return Options(
        # A form sends what was left empty as well.
        collection=fields.get("collection") or None,
        external_id=fields.get("external_id"),
        title=fields.get("title"),
        metadata=_json_object(fields.get("metadata", "{}")),
        priority=_whole_number(fields.get("priority", "0")),
        callback_url=fields.get("callback_url"),
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid_field("metadata", "não é um JSON válido") from None
    if not isinstance(value, dict):
        raise invalid_field("metadata", "deve ser um objeto JSON")
    return cast("dict[str, Any]", value)


def _whole_number(text: str) -> int:
    try:
        return int(text[:20])
    except ValueError:
        raise invalid_field("priority", "deve ser um número inteiro") from None
