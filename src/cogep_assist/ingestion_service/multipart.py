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


# Of these one file alone is to blame.
OF_ONE_FILE = frozenset({"file_is_empty", "file_too_large"})


@asynccontextmanager
async def read_upload(
    request: Request, settings: Settings, *, set_aside: list[AppError] | None = None
) -> AsyncIterator[list[Submission]]:
    """Give the submissions of a multipart body; their temporary files live as long as the block.

    ``set_aside``: where a file that cannot be taken is told of, instead of refusing the others
    for its sake; what is given may then be empty. Raises AppError("too_many_files"|
    "file_too_large"|"multipart_invalid"|"no_files"|"request_invalid") and what
    ``file_submission`` raises.
    """
    limits = UploadLimits(settings.ingest_max_files, settings.ingest_max_file_bytes)
    parser = BoundedParser(request, limits)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None
    try:
        yield await _submissions(form, settings, set_aside)
    finally:
        await form.close()


async def _submissions(
    form: FormData, settings: Settings, set_aside: list[AppError] | None
) -> list[Submission]:
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
    return await _taken(files, _options(fields), settings, set_aside)


async def _taken(
    files: list[UploadFile], options: Options, settings: Settings, set_aside: list[AppError] | None
) -> list[Submission]:
    taken: list[Submission] = []
    for index, upload in enumerate(files):
        try:
            taken.append(await _one(upload, options, settings))
        except AppError as error:
            if set_aside is None:
                raise (item_refused(index, error) if len(files) > 1 else error) from None
            if error.code not in OF_ONE_FILE:
                raise
            set_aside.append(error)
    return taken


async def _one(upload: UploadFile, options: Options, settings: Settings) -> Submission:
    content = await asyncio.to_thread(SpooledContent.of, upload.file)
    return file_submission(upload.filename or "", upload.content_type, content, options, settings)


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
