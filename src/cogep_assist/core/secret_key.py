"""The master key of this installation and the keys derived from it.

It lives outside the database: in ``COGEP_SECRET_KEY``, or in a file of the data folder
that only its owner can read. Several hosts on one database must share the setting.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import sys
from pathlib import Path

from cogep_assist.core.config import Settings
from cogep_assist.core.durable_file import make_folder, settle_folder, write_new
from cogep_assist.core.errors import AppError

FILE_NAME = "secret.key"
MIN_BYTES = 32
# Of SHA-256; a derived key is shorter.
BLOCK_BYTES = 64

_loaded: bytes | None = None
_derived: dict[str, bytes] = {}
# The hashes of a key in its two paddings (RFC 2104, 2), ready to take in what is to be sealed.
_begun: dict[str, tuple["hashlib._Hash", "hashlib._Hash"]] = {}


def load(settings: Settings) -> None:
    """Read the master key for this process, creating it at the first start.

    Raises AppError("secret_key_too_short"|"secret_key_unreadable").
    """
    global _loaded  # noqa: PLW0603  (one master key per process, read at its start)
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value().encode()
        where = "COGEP_SECRET_KEY"
    else:
        path = settings.data_dir / FILE_NAME
        key = _read_or_create(path)
        where = str(path)
    if len(key) < MIN_BYTES:
        raise AppError("secret_key_too_short", where=where, minimum=MIN_BYTES)
    _loaded = key
    _derived.clear()
    _begun.clear()


def derive(purpose: str) -> bytes:
    """Return the 32-byte key of one purpose; keys of different purposes tell nothing of each other.

    HKDF with SHA-256 (RFC 5869, 2.2 and 2.3) for one block.
    """
    if _loaded is None:
        raise RuntimeError("call core.secret_key.load(settings) when the process starts")
    if purpose not in _derived:
        extracted = hmac.digest(b"cogep-assist", _loaded, "sha256")
        info = b"cogep-assist:" + purpose.encode() + b"\x01"
        _derived[purpose] = hmac.digest(extracted, info, "sha256")
    return _derived[purpose]


def mac(purpose: str, data: bytes) -> bytes:
    """Return the HMAC-SHA256 of data under the key of a purpose."""
    # What the key alone decides is computed once, and not with each act.
    begun = _begun.get(purpose)
    if begun is None:
        begun = _begun[purpose] = _begin(derive(purpose))
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update(data)
    outer.update(inner.digest())
    return outer.digest()


def _begin(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    block = key.ljust(BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ padding for byte in block) for padding in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


def _read_or_create(path: Path) -> bytes:
    try:
        with contextlib.suppress(FileNotFoundError):
            return _read(path)
        make_folder(path.parent)
        _publish(path, secrets.token_urlsafe(48).encode() + b"\n")
        return _read(path)
    except OSError as error:
        raise AppError(
            "secret_key_unreadable", where=str(path), reason=error.strerror or type(error).__name__
        ) from error


def _read(path: Path) -> bytes:
    content = path.read_bytes().strip()
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        # Copied by hand or restored from an archive: close it again where we may.
        with contextlib.suppress(OSError):
            path.chmod(0o600)
    return content


def _publish(path: Path, content: bytes) -> None:
    """Let the file appear whole or not at all, and never over one that is there."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        write_new(temporary, content)
        _move_unless_there(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    # What is sealed from now on must not outlive its key.
    settle_folder(path.parent)


def _move_unless_there(temporary: Path, path: Path) -> None:
    with contextlib.suppress(FileExistsError):
        if sys.platform != "win32":
            try:
                os.link(temporary, path)
                return
            except FileExistsError:
                raise
            except OSError:
                # Some file systems know no links; the look below is all they offer.
                if path.exists():
                    return
        temporary.rename(path)
