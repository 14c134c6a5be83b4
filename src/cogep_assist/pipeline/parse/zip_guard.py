"""Open an untrusted zip container only after its sizes, ratios and names were judged."""

import io
import zipfile
import zlib

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.limits import ParseLimits

_SMALL_MEMBER = 4 * 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Container:
    """Read members of a zip container within the limits.

    Raises AppError zip_bomb, zip_too_many_entries, file_password or file_corrupt.
    """

    def __init__(self, data: bytes, limits: ParseLimits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise AppError("file_corrupt") from error
        self._members = _judge(self._zip.infolist(), len(data), limits)
        self._budget = limits.max_unpacked_bytes

    def refuse_doubles(self) -> None:
        """Raise AppError("file_corrupt") where two members have one name, whatever its case.

        For those who hand the file on: another reader may take the one that was not judged.
        """
        names = [member.filename.casefold() for member in self._zip.infolist()]
        if len(set(names)) < len(names):
            raise AppError("file_corrupt")

    @property
    def names(self) -> list[str]:
        """Names of the members, in the order of the directory."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """Unpack one member; what it really unpacks to is counted, whatever it declares."""
        info = self._members.get(name)
        if info is None:
            raise AppError("file_corrupt")
        allowed = min(self._budget, info.file_size)
        try:
            with self._zip.open(info) as member:
                content = member.read(allowed + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as error:
            raise AppError("file_corrupt") from error
        except (RuntimeError, NotImplementedError) as error:
            raise AppError("file_password") from error
        if len(content) > allowed:
            raise AppError("zip_bomb", limit_mib=self._limits.max_unpacked_bytes >> 20)
        self._budget -= len(content)
        return content

    def read_if_there(self, name: str) -> bytes | None:
        """Unpack one member, or return None where the container lacks it."""
        return self.read(name) if name in self._members else None


def _judge(
    members: list[zipfile.ZipInfo], size: int, limits: ParseLimits
) -> dict[str, zipfile.ZipInfo]:
    if len(members) > limits.max_zip_entries:
        raise AppError("zip_too_many_entries", limit=limits.max_zip_entries)
    unpacked = 0
    judged: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        if member.flag_bits & 0x1:
            raise AppError("file_password")
        unpacked += member.file_size
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > _SMALL_MEMBER and ratio > limits.max_zip_ratio:
            raise AppError("zip_bomb", limit_mib=limits.max_unpacked_bytes >> 20)
        if member.compress_type in _METHODS and not member.is_dir() and _plain(member.filename):
            judged.setdefault(member.filename, member)
    # Overlapping members declare little and share bytes: the whole file bounds the honest sum.
    packed = sum(member.compress_size for member in members)
    if unpacked > limits.max_unpacked_bytes or packed > size:
        raise AppError("zip_bomb", limit_mib=limits.max_unpacked_bytes >> 20)
    return judged


def _plain(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/") and "\\" not in name
