"""What somebody submits, checked: the one place of the intake's limits, for API and CLI."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from pydantic_core import to_json

from cogep_assist.core.collection_name import DEFAULT_COLLECTION, check_collection_name
from cogep_assist.core.config import MIB, Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SourceKind
from cogep_assist.edge.uploads import clean_file_name
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.integrations.http_url import canonical_url

__all__ = [
    "DEFAULT_COLLECTION",
    "EXTERNAL",
    "Content",
    "HeldContent",
    "Options",
    "SpooledContent",
    "Submission",
    "check_collection_name",
    "file_submission",
    "fingerprint",
    "text_submission",
    "url_submission",
]

# What a source key begins with where the sender gave the id.
EXTERNAL = "external"
MAX_TITLE_CHARS = 500
MAX_EXTERNAL_ID_CHARS = 500
MAX_TYPE_CHARS = 200
MAX_METADATA_BYTES = 16 * 1024
MAX_METADATA_DEPTH = 8
MIN_PRIORITY, MAX_PRIORITY = -100, 100
HASH_BLOCK_BYTES = MIB


class Content(Protocol):
    """Bytes that wait to be stored; large ones lie in a temporary file."""

    @property
    def size(self) -> int:
        """How many bytes."""

    @property
    def sha256(self) -> bytes:
        """Their hash."""

    def read(self) -> bytes:
        """Return all bytes; blocks when they lie on disk."""


@dataclass(frozen=True, slots=True)
class HeldContent:
    """Bytes in memory."""

    data: bytes
    sha256: bytes
    size: int

    @classmethod
    def of(cls, data: bytes) -> "HeldContent":
        """Hash the bytes and hold them."""
        return cls(data, hashlib.sha256(data).digest(), len(data))

    def read(self) -> bytes:
        """Return the bytes."""
        return self.data


@dataclass(frozen=True, slots=True)
class SpooledContent:
    """Bytes in a temporary file that belongs to the request."""

    file: IO[bytes]
    sha256: bytes
    size: int

    @classmethod
    def of(cls, file: IO[bytes]) -> "SpooledContent":
        """Hash a file from its beginning, block by block; run it in a thread."""
        file.seek(0)
        digest, size = hashlib.sha256(), 0
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
        return cls(file, digest.digest(), size)

    def read(self) -> bytes:
        """Return all bytes."""
        self.file.seek(0)
        return self.file.read()


# Not frozen, nor is the next, only because a frozen one takes three times as long to make.
@dataclass(slots=True)
class Options:
    """What may come with any source, as it was given."""

    collection: str | None = None
    external_id: str | None = None
    title: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 0
    callback_url: str | None = None


@dataclass(slots=True)
class Submission:
    """One source that passed every check and can be written as it is."""

    kind: SourceKind
    collection: str
    source_key: str
    metadata: str
    priority: int
    uri: str | None = None
    title: str | None = None
    file_name: str | None = None
    declared_type: str | None = None
    content: Content | None = None
    callback_url: str | None = None

    @property
    def size(self) -> int:
        """Bytes of content that come with it."""
        return self.content.size if self.content else 0


def url_submission(url: str, options: Options) -> Submission:
    """Check a URL's form; whether it may be reached is decided when it is fetched.

    Raises the AppErrors of ``canonical_url`` and of the options.
    """
    address = canonical_url(url.strip())
    return Submission(
        kind=SourceKind.URL,
        source_key=_source_key(options, address),
        uri=address,
        title=_title(options.title),
        **_common(options),
    )


def text_submission(text: str, options: Options, settings: Settings) -> Submission:
    """Check a text. Raises AppError("text_too_large"|"request_invalid")."""
    _refuse_unstorable("text", text)
    if not text.strip():
        raise invalid_field("text", "não pode estar vazio")
    data = text.encode()
    if len(data) > settings.ingest_max_text_bytes:
        raise AppError("text_too_large", limit_mib=_mib(settings.ingest_max_text_bytes))
    content = HeldContent.of(data)
    return Submission(
        kind=SourceKind.TEXT,
        source_key=_source_key(options, f"sha256:{content.sha256.hex()}"),
        title=_title(options.title),
        declared_type="text/plain; charset=utf-8",
        content=content,
        **_common(options),
    )


def file_submission(
    name: str, declared_type: str | None, content: Content, options: Options, settings: Settings
) -> Submission:
    """Check a file; what kind it is, the parser finds out from the bytes.

    Raises AppError("file_too_large"|"file_is_empty"|"request_invalid").
    """
    base = clean_file_name(name)
    if content.size > settings.ingest_max_file_bytes:
        raise AppError("file_too_large", name=base, limit_mib=_mib(settings.ingest_max_file_bytes))
    if content.size == 0:
        raise AppError("file_is_empty", name=base)
    return Submission(
        kind=SourceKind.FILE,
        source_key=_source_key(options, f"sha256:{content.sha256.hex()}"),
        title=_title(options.title),
        file_name=base,
        declared_type=_declared_type(declared_type),
        content=content,
        **_common(options),
    )


def fingerprint(submissions: list[Submission]) -> bytes:
    """Return what a repeated request is compared by: every field, and each content's hash."""
    rows = [
        [
            s.kind.value,
            s.collection,
            s.source_key,
            s.uri,
            s.title,
            s.file_name,
            s.declared_type,
            s.metadata,
            s.priority,
            s.content.sha256.hex() if s.content else None,
            s.callback_url,
        ]
        for s in submissions
    ]
    quick = to_json(rows)
    # The same bytes, at a tenth of the cost, unless something is to be escaped.
    if quick.isascii() and b"\x7f" not in quick:
        return quick
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode()


def _common(options: Options) -> dict[str, Any]:
    callback = options.callback_url
    if not MIN_PRIORITY <= options.priority <= MAX_PRIORITY:
        raise invalid_field("priority", f"deve ficar entre {MIN_PRIORITY} e {MAX_PRIORITY}")
    return {
        "collection": check_collection_name(options.collection),
        "metadata": _metadata(options.metadata),
        "priority": options.priority,
        # Whether it may be reached is decided when it is called.
        "callback_url": None if callback is None else canonical_url(callback.strip()),
    }


def _source_key(options: Options, otherwise: str) -> str:
    if options.external_id is None:
        return otherwise
    external_id = options.external_id.strip()
    _refuse_unstorable("external_id", external_id)
    if not 0 < len(external_id) <= MAX_EXTERNAL_ID_CHARS:
        raise invalid_field("external_id", f"deve ter de 1 a {MAX_EXTERNAL_ID_CHARS} caracteres")
    return f"{EXTERNAL}:{external_id}"


def _title(title: str | None) -> str | None:
    if title is None:
        return None
    _refuse_unstorable("title", title)
    collapsed = " ".join(title.split())
    if len(collapsed) > MAX_TITLE_CHARS:
        raise invalid_field("title", f"deve ter no máximo {MAX_TITLE_CHARS} caracteres")
    return collapsed or None


def _declared_type(declared: str | None) -> str | None:
    if not declared:
        return None
    kept = "".join(c for c in declared if 0x20 <= ord(c) < 0x7F).strip()
    return kept[:MAX_TYPE_CHARS] or None


def _metadata(metadata: Mapping[str, Any]) -> str:
    if not metadata:
        return "{}"
    too_large = AppError(
        "metadata_too_large", limit_kib=MAX_METADATA_BYTES // 1024, depth=MAX_METADATA_DEPTH
    )
    if _depth(metadata) > MAX_METADATA_DEPTH:
        raise too_large
    if any("\x00" in text for text in _texts(metadata)):
        raise invalid_field("metadata", "contém o caractere nulo")
    try:
        text = json.dumps(
            metadata, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
        )
        size = len(text.encode())
    except (TypeError, ValueError):
        raise invalid_field("metadata", "tem um valor que não é JSON válido") from None
    if size > MAX_METADATA_BYTES:
        raise too_large
    return text


def _depth(value: Any, level: int = 1) -> int:
    if level > MAX_METADATA_DEPTH:
        return level
    if isinstance(value, Mapping):
        return max((_depth(inner, level + 1) for inner in value.values()), default=level)
    if isinstance(value, list):
        return max((_depth(inner, level + 1) for inner in value), default=level)
    return level


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _refuse_unstorable(name: str, text: str) -> None:
    if "\x00" in text:
        raise invalid_field(name, "contém o caractere nulo")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid_field(name, "contém caracteres que não são texto válido") from None


def _mib(size: int) -> int:
    return max(1, size // MIB)
