"""The backup file: a header in clear, then sealed chunks, each bound to its place, then an end.

Layout: ``MAGIC``, length (4 bytes, big-endian) and JSON of the header, then frames of kind
(1 byte), length (4 bytes) and AES-256-GCM ciphertext. The nonce is the frame's number, under a
key made for this file alone; the header, the kind and the number are authenticated with every
frame. So a flipped bit, a frame that is missing, moved, doubled or taken from another file, and
a file that ends too early are all found (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár, 2015).
"""

import hashlib
import hmac
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cogep_assist.core import secret_key
from cogep_assist.core.errors import AppError

MAGIC = b"COGEPBK1"
FORMAT = 1
CHUNK_BYTES = 1024 * 1024
TAG_BYTES = 16
MAX_HEADER_BYTES = 64 * 1024
MANIFEST, DUMP, END = b"M", b"D", b"E"


_LENGTH = struct.Struct(">I")


@dataclass(slots=True)
class SealedWriter:
    """Write frames into an open binary file; ``finish`` writes the end that a reader demands."""

    file: IO[bytes]
    _sealer: "_Sealer"
    _pending: bytearray
    _digest: Any
    _bytes: int = 0

    @classmethod
    def begin(cls, file: IO[bytes]) -> "SealedWriter":
        """Write the header, under a new key derived from the master key."""
        salt = os.urandom(32)
        header = json.dumps({"format": FORMAT, "key": _key_name(), "salt": salt.hex()}).encode()
        file.write(MAGIC + _LENGTH.pack(len(header)) + header)
        return cls(file, _Sealer(salt, header), bytearray(), hashlib.sha256())

    def manifest(self, content: bytes) -> None:
        """Write the manifest, which comes before the dump."""
        for start in range(0, max(len(content), 1), CHUNK_BYTES):
            self._write(MANIFEST, content[start : start + CHUNK_BYTES])

    def dump(self, data: bytes) -> None:
        """Take the dump's next bytes."""
        self._digest.update(data)
        self._bytes += len(data)
        self._pending += data
        while len(self._pending) >= CHUNK_BYTES:
            self._write(DUMP, bytes(self._pending[:CHUNK_BYTES]))
            del self._pending[:CHUNK_BYTES]

    def finish(self) -> None:
        """Write what is left and the end, which repeats how much there was and its hash."""
        if self._pending:
            self._write(DUMP, bytes(self._pending))
            self._pending.clear()
        end = {"dump_bytes": self._bytes, "dump_sha256": self._digest.hexdigest()}
        self._write(END, json.dumps(end).encode())

    def _write(self, kind: bytes, content: bytes) -> None:
        sealed = self._sealer.seal(kind, content)
        self.file.write(kind + _LENGTH.pack(len(sealed)) + sealed)


def read_frames(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield (kind, content) of each frame from the file's beginning; the end is not yielded.

    Returns only when the file is whole: an exhausted iterator means that every byte was there
    and as it was written. Raises AppError("backup_not_a_backup"|"backup_newer_format"|
    "backup_other_key"|"backup_truncated"|"backup_damaged").
    """
    file.seek(0)
    sealer = _open_header(file)
    digest, size, dump_begun = hashlib.sha256(), 0, False
    while True:
        kind, content = _next_frame(file, sealer)
        if kind == END:
            break
        if kind == DUMP:
            dump_begun = True
            digest.update(content)
            size += len(content)
        elif dump_begun:
            raise AppError("backup_damaged")
        yield kind, content
    expected = {"dump_bytes": size, "dump_sha256": digest.hexdigest()}
    if json.loads(content) != expected or file.read(1):
        raise AppError("backup_damaged")


def _open_header(file: IO[bytes]) -> "_Sealer":
    start = file.read(len(MAGIC) + _LENGTH.size)
    if not start.startswith(MAGIC):
        newer = start[:7] == MAGIC[:7] and start[7:8].isdigit()
        raise AppError("backup_newer_format" if newer else "backup_not_a_backup")
    if len(start) < len(MAGIC) + _LENGTH.size:
        raise AppError("backup_truncated")
    (length,) = _LENGTH.unpack(start[len(MAGIC) :])
    if length > MAX_HEADER_BYTES:
        raise AppError("backup_damaged")
    raw = file.read(length)
    if len(raw) < length:
        raise AppError("backup_truncated")
    try:
        header = json.loads(raw)
        named, salt = str(header["key"]), bytes.fromhex(header["salt"])
        version = int(header["format"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise AppError("backup_damaged") from None
    if version > FORMAT:
        raise AppError("backup_newer_format")
    for age in secret_key.ages():
        if hmac.compare_digest(named.encode(), _key_name(age).encode()):
            return _Sealer(salt, raw, age)
    raise AppError("backup_other_key")


def _next_frame(file: IO[bytes], sealer: "_Sealer") -> tuple[bytes, bytes]:
    start = file.read(1 + _LENGTH.size)
    if len(start) < 1 + _LENGTH.size:
        raise AppError("backup_truncated")
    kind = start[:1]
    (length,) = _LENGTH.unpack(start[1:])
    if kind not in {MANIFEST, DUMP, END} or not TAG_BYTES <= length <= CHUNK_BYTES + TAG_BYTES:
        raise AppError("backup_damaged")
    sealed = file.read(length)
    if len(sealed) < length:
        raise AppError("backup_truncated")
    return kind, sealer.open(kind, sealed)


class _Sealer:
    """Seal and open frames in order."""

    def __init__(self, salt: bytes, header: bytes, age: int = 0) -> None:
        # A key of this file's own: a frame's number is then a nonce that never repeats.
        self._cipher = AESGCM(hmac.digest(secret_key.derive("backup", age), salt, "sha256"))
        self._header = hashlib.sha256(MAGIC + header).digest()
        self._number = 0

    def seal(self, kind: bytes, content: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(), content, self._header + kind)

    def open(self, kind: bytes, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(), sealed, self._header + kind)
        except InvalidTag:
            raise AppError("backup_damaged") from None

    def _nonce(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(12, "big")


def _key_name(age: int = 0) -> str:
    """Name a master key without telling anything of it, so that a wrong one is called so."""
    return secret_key.derive("backup-key-name", age)[:8].hex()
