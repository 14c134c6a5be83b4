"""Read an upload as it arrives: files to temporary files, limits checked on the way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cogep_assist.core.config import MIB, Settings
from cogep_assist.core.errors import AppError
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.submission import (
    Options,
    SpooledContent,
    Submission,
    clean_file_name,
    file_submission,
)

FILE_FIELDS = frozenset({"file", "files", "file[]", "files[]"})
TEXT_FIELDS = frozenset(
    {"collection", "external_id", "title", "metadata", "priority", "callback_url", "csrf_token"}
)
MAX_FIELDS = 50
MAX_FIELD_BYTES = 64 * 1024


@asynccontextmanager
async def read_upload(request: Request, settings: Settings) -> AsyncIterator[list[Submission]]:
    """Give the submissions of a multipart body; their temporary files live as long as the block.

    Raises AppError("too_many_files"|"file_too_large"|"multipart_invalid"|"no_files"|
    "request_invalid") and what ``file_submission`` raises.
    """
    parser = _BoundedParser(request, settings)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None
    try:
        yield await _submissions(form, settings)
    finally:
        await form.close()


class _BoundedParser(MultiPartParser):
    """Stop an upload at the first limit that it passes, instead of when it is all here."""

    def __init__(self, request: Request, settings: Settings) -> None:
        super().__init__(
            request.headers,
            request.stream(),
            max_files=settings.ingest_max_files + 1,
            max_fields=MAX_FIELDS,
            max_part_size=MAX_FIELD_BYTES,
        )
        self._settings = settings
        self._sizes: dict[int, int] = {}

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_files > self._settings.ingest_max_files:
            raise AppError("too_many_files", limit=self._settings.ingest_max_files)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        file = self._current_part.file
        if file is not None:
            size = self._sizes.get(id(file), 0) + end - start
            self._sizes[id(file)] = size
            limit = self._settings.ingest_max_file_bytes
            if size > limit:
                name = clean_file_name(file.filename or "")
                raise AppError("file_too_large", name=name, limit_mib=max(1, limit // MIB))
        super().on_part_data(data, start, end)


async def _submissions(form: FormData, settings: Settings) -> list[Submission]:
    files: list[UploadFile] = []
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        shown = name[:100].encode("utf-8", "replace").decode()
        if isinstance(value, UploadFile):
            if name not in FILE_FIELDS:
                raise invalid_field(shown, "não é um campo de arquivo; use “file”")
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
        collection=fields.get("collection"),
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
