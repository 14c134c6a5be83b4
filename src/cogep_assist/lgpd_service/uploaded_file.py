"""One file that somebody sends, checked on the way in."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import IO

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.errors import AppError
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, clean_file_name, was_chosen

FILE_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"type": "string", "maxLength": 200},
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file's clean name, its bytes, and what else the form said."""

    name: str
    content: bytes
    purpose: str

    @property
    def fingerprint(self) -> bytes:
        """What two sendings of one file are compared by."""
        digest = hashlib.sha256(self.content).hexdigest()
        return repr((self.name, self.purpose, digest)).encode()


async def uploaded_file(request: Request, max_bytes: int) -> UploadedFile:
    """Read the one file of a form.

    Raises AppError("multipart_invalid"|"no_files"|"too_many_files"|"file_too_large").
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise AppError("multipart_invalid")
    try:
        form = await BoundedParser(request, UploadLimits(1, max_bytes)).parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not was_chosen(file):
            raise AppError("no_files")
        purpose = form.get("purpose")
        content = await asyncio.to_thread(_content, file.file)
        return UploadedFile(
            clean_file_name(file.filename or ""), content, str(purpose) if purpose else ""
        )
    finally:
        await form.close()


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
