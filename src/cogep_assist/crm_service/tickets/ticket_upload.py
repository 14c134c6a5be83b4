"""Forms that bring files for a ticket: bounded as they arrive, typed by what they hold."""

import asyncio
import hashlib
from collections.abc import Collection
from typing import IO

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.crm_service.tickets.attachment_type import HEAD_BYTES, attachment_type
from cogep_assist.crm_service.tickets.ticket_attachments import AttachedFile
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, clean_file_name, was_chosen
from cogep_assist.edge.validation_words import invalid_field

FILE_FIELD = "file"


async def read_upload(request: Request, settings: Settings) -> FormData:
    """Parse a form with files; whoever calls closes it.

    Raises AppError("multipart_invalid"|"too_many_files"|"file_too_large").
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise AppError("multipart_invalid")
    limits = UploadLimits(settings.ticket_max_files, settings.ticket_max_file_bytes)
    try:
        return await BoundedParser(request, limits).parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None


async def attached_files(form: FormData) -> list[AttachedFile]:
    """Return a form's files. Raises AppError("file_is_empty"|"attachment_type_...")."""
    found = [one for one in form.getlist(FILE_FIELD) if isinstance(one, UploadFile)]
    return [await _file(one) for one in found if was_chosen(one)]


def one_of_each(form: FormData, known: Collection[str]) -> dict[str, str]:
    """Return a form's fields, each known and each once. Raises AppError("request_invalid")."""
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and name == FILE_FIELD:
            continue
        if isinstance(value, UploadFile) or name not in known or name in fields:
            raise invalid_field(name[:100], "não existe neste formulário, ou veio duas vezes")
        fields[name] = value
    return fields


async def _file(upload: UploadFile) -> AttachedFile:
    name = clean_file_name(upload.filename or "")
    content = await asyncio.to_thread(_content, upload.file)
    if not content:
        raise AppError("file_is_empty", name=name)
    media_type = attachment_type(name, content[:HEAD_BYTES])
    return AttachedFile(name, media_type, hashlib.sha256(content).digest(), content)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
