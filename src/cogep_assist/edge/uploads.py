"""Uploads: files to temporary files as they arrive, each limit checked on the way."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cogep_assist.core.config import MIB
from cogep_assist.core.errors import AppError

MAX_FIELDS = 50
MAX_FIELD_BYTES = 64 * 1024
MAX_FILE_NAME_CHARS = 255
# RFC 5987, as many clients write a name with accents: the framework's parser passes it over.
_EXTENDED_NAME = re.compile(rb";\s*filename\*\s*=\s*([\w-]{1,40})'[\w-]*'([^;\s]*)", re.IGNORECASE)
_PLAIN_NAME = re.compile(rb";\s*filename\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How many files an upload may bring, and how large each may be."""

    files: int
    file_bytes: int


class BoundedParser(MultiPartParser):
    """Stop an upload at the first limit that it passes, instead of when it is all here.

    Raises AppError("too_many_files"|"file_too_large").
    """

    def __init__(self, request: Request, limits: UploadLimits) -> None:
        super().__init__(
            request.headers,
            request.stream(),
            max_files=limits.files + 1,
            max_fields=MAX_FIELDS,
            max_part_size=MAX_FIELD_BYTES,
        )
        self._limits = limits
        self._sizes: dict[int, int] = {}

    async def parse(self) -> FormData:
        """Read it all. Raises MultiPartException also for what is no upload at all."""
        if not self.headers.get("content-type", "").startswith("multipart/form-data"):
            raise MultiPartException("no upload")
        return await super().parse()

    def on_headers_finished(self) -> None:
        """Count the files that have begun; one whose name is only given in full is one too."""
        part = self._current_part
        told = part.content_disposition or b""
        extended = _EXTENDED_NAME.search(told)
        if extended is not None and _PLAIN_NAME.search(told) is None:
            part.content_disposition = told + b'; filename=""'
        super().on_headers_finished()
        if extended is not None and part.file is not None:
            part.file.filename = _extended_name(extended) or part.file.filename
        if self._current_files > self._limits.files:
            raise AppError("too_many_files", limit=self._limits.files)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Count the bytes of the file that is arriving."""
        file = self._current_part.file
        if file is not None:
            size = self._sizes.get(id(file), 0) + end - start
            self._sizes[id(file)] = size
            limit = self._limits.file_bytes
            if size > limit:
                name = clean_file_name(file.filename or "")
                raise AppError("file_too_large", name=name, limit_mib=max(1, limit // MIB))
        super().on_part_data(data, start, end)


def was_chosen(upload: UploadFile) -> bool:
    """Tell whether somebody chose a file: a browser sends an empty part for a field left empty."""
    return bool(upload.filename or upload.size)


def clean_file_name(name: str) -> str:
    """Return a file's own name: no folders, no control characters, of bounded length."""
    base = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cs", "Cf"})
    kept = kept.strip()
    if len(kept) > MAX_FILE_NAME_CHARS:
        stem, dot, extension = kept.rpartition(".")
        tail = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
        kept = kept[: MAX_FILE_NAME_CHARS - len(tail)] + tail
    return kept or "arquivo"


def _extended_name(found: re.Match[bytes]) -> str:
    try:
        return unquote_to_bytes(found.group(2)).decode(found.group(1).decode("ascii"), "replace")
    except (LookupError, UnicodeDecodeError):
        return ""
