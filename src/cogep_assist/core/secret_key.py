"""The master key of this installation and the keys derived from it.

It lives outside the database: in ``COGEP_SECRET_KEY``, or in a file of the data folder
that only its owner can read. Several hosts on one database must share the setting.

A key that was exchanged stays beside the new one: what it sealed can still be opened, and what is
told by a digest alone (a tombstone, a ticket's code, the audit) can be computed under it only.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import sys
from pathlib import Path

from cogep_assist.core.config import Settings
from cogep_assist.core.durable_file import make_folder, settle_folder, write_durably, write_new
from cogep_assist.core.errors import AppError
from cogep_assist.core.file_lock import FileLock

FILE_NAME = "secret.key"
MIN_BYTES = 32
# Of SHA-256; a derived key is shorter.
BLOCK_BYTES = 64

# What seals and opens goes by the newest key; all else by the first, which it was made with.
_SEALING = ("sealed:", "backup")
_OLDER = b"anterior "

# The newest first.
_ring: list[bytes] = []
_source: tuple[Path, int] | None = None
_derived: dict[tuple[str, int], bytes] = {}
# The hashes of a key in its two paddings (RFC 2104, 2), ready to take in what is to be sealed.
_begun: dict[str, tuple["hashlib._Hash", "hashlib._Hash"]] = {}


def load(settings: Settings) -> None:
    """Read the master key for this process, creating it at the first start.

    Raises AppError("secret_key_too_short"|"secret_key_unreadable").
    """
    global _source  # noqa: PLW0603  (one master key per process, read at its start)
    if settings.secret_key is not None:
        _source = None
        older = settings.secret_key_older
        keys = [settings.secret_key.get_secret_value().encode()]
        keys += older.get_secret_value().encode().split() if older else []
        where = "COGEP_SECRET_KEY"
    else:
        path = settings.data_dir / FILE_NAME
        content = _read_or_create(path)
        _source = (path, path.stat().st_mtime_ns)
        keys, where = _keys_of(content), str(path)
    if min(map(len, keys)) < MIN_BYTES:
        raise AppError("secret_key_too_short", where=where, minimum=MIN_BYTES)
    _ring[:] = keys
    _derived.clear()
    _begun.clear()


def exchange(settings: Settings) -> None:
    """Put a new master key before the one in the data folder's file, at once or not at all.

    Raises AppError("secret_key_in_setting") where the key is a setting, which nobody else writes,
    and AppError("secret_key_exchanging") while another exchange is at it.
    """
    if settings.secret_key is not None:
        raise AppError("secret_key_in_setting")
    path = settings.data_dir / FILE_NAME
    _read_or_create(path)
    # Of two exchanges at once, one would lose the key that the other seals with.
    lock = FileLock(path.with_name(f"{FILE_NAME}.lock"))
    if not lock.try_acquire():
        raise AppError("secret_key_exchanging")
    try:
        keys = _keys_of(_read(path))
        lines = [new_key(), *(_OLDER + key for key in keys)]
        write_durably(path, b"\n".join(lines) + b"\n")
    finally:
        lock.release()
    load(settings)


def new_key() -> bytes:
    """Return a fresh master key, as text."""
    return secrets.token_urlsafe(48).encode()


def reread() -> bool:
    """Read the keys again where their file has changed, and tell whether it had."""
    global _source  # noqa: PLW0603  (one master key per process)
    if _source is None:
        return False
    path, read_at = _source
    with contextlib.suppress(OSError):
        changed_at = path.stat().st_mtime_ns
        if changed_at != read_at:
            _ring[:] = _keys_of(_read(path))
            _source = (path, changed_at)
            _derived.clear()
            _begun.clear()
            return True
    return False


def ages() -> range:
    """Return the ages of the keys that may have sealed something: 0 is the newest."""
    return range(len(_ring))


def derive(purpose: str, age: int = 0) -> bytes:
    """Return the 32-byte key of one purpose; keys of different purposes tell nothing of each other.

    HKDF with SHA-256 (RFC 5869, 2.2 and 2.3) for one block. ``age`` chooses an older master key,
    for purposes that seal.
    """
    if not _ring:
        raise RuntimeError("call core.secret_key.load(settings) when the process starts")
    if (purpose, age) not in _derived:
        master = _ring[age] if purpose.startswith(_SEALING) else _ring[-1]
        extracted = hmac.digest(b"cogep-assist", master, "sha256")
        info = b"cogep-assist:" + purpose.encode() + b"\x01"
        _derived[purpose, age] = hmac.digest(extracted, info, "sha256")
    return _derived[purpose, age]


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


def _keys_of(content: bytes) -> list[bytes]:
    """Return the keys of a file, the newest first; a key may have lines, as people write it."""
    first, *rest = content.splitlines() or [b""]
    if rest and all(line.startswith(_OLDER) for line in rest):
        return [first, *(line.removeprefix(_OLDER) for line in rest)]
    return [content]


def _read_or_create(path: Path) -> bytes:
    try:
        with contextlib.suppress(FileNotFoundError):
            return _read(path)
        make_folder(path.parent)
        _publish(path, new_key() + b"\n")
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
