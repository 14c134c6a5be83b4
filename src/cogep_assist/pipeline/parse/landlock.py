"""Leave a process only the folders that it needs, by Linux's Landlock (5.13 and later)."""

import contextlib
import ctypes
import os
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import cogep_assist

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_ALL_OF_FIRST_VERSION = (1 << 13) - 1
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
# Neither programs, links nor devices belong into the working folder.
_WORK = (
    _READ_FILE | _READ_DIR | _WRITE_FILE | _TRUNCATE
    | _MAKE_DIR | _MAKE_FILE | _REMOVE_DIR | _REMOVE_FILE
)  # fmt: skip
_TCP = 0b11
_SIGNALS_AND_ABSTRACT_SOCKETS = 0b11

_SYSTEM = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64",
    "/usr/libexec", "/usr/share", "/usr/local/bin", "/usr/local/lib", "/usr/local/lib64",
    "/usr/local/share", "/nix/store", "/home/linuxbrew/.linuxbrew", "/etc/ld.so.cache",
    "/etc/fonts", "/dev/urandom", "/dev/zero",
)  # fmt: skip
_PACKAGE_FOLDERS = frozenset({"site-packages", "dist-packages"})
_OF_A_PREFIX = ("bin", "lib", "lib64", "share")


def leave_other_files(libc: ctypes.CDLL, folder: Path) -> bool:
    """Give up all files but programs, libraries and `folder`; needs NO_NEW_PRIVS. Never undone.

    Newer kernels also refuse TCP and signals to other processes. False where there is no Landlock.
    """
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))
    if version < 1:
        return False
    handled = _handled(version)
    wanted = struct.pack(
        "<QQQ",
        handled,
        _TCP if version >= 4 else 0,
        _SIGNALS_AND_ABSTRACT_SOCKETS if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_CREATE_RULESET, wanted, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for path in _readable():
            _allow(libc, ruleset, path, _READ & handled)
        _allow(libc, ruleset, Path(os.devnull), (_READ_FILE | _WRITE_FILE) & handled)
        _allow(libc, ruleset, folder, _WORK & handled)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) == 0)
    finally:
        os.close(ruleset)


def _handled(version: int) -> int:
    later = ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_CONTROL))
    return _ALL_OF_FIRST_VERSION | sum(right for since, right in later if version >= since)


def _readable() -> Iterator[Path]:
    """Yield what the interpreter, its packages and tesseract are read from.

    Not all of sys.path: the folder a program was started in may hold its settings.
    """
    yield from map(Path, _SYSTEM)
    yield Path(cogep_assist.__file__).resolve().parent
    base = Path(sys.base_prefix)
    for name in _OF_A_PREFIX:
        yield base / name
    for path in map(Path, sys.path):
        if path.name in _PACKAGE_FOLDERS:
            yield path
    yield from _of_tesseract()
    for name in ("TESSDATA_PREFIX", "LD_LIBRARY_PATH"):
        for value in filter(None, os.environ.get(name, "").split(os.pathsep)):
            yield Path(value)


def _of_tesseract() -> Iterator[Path]:
    program = shutil.which("tesseract")
    if program is not None:
        yield Path(program)
        real = Path(program).resolve()
        yield real
        for name in _OF_A_PREFIX[1:]:
            yield real.parent.parent / name


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    # What is not there, or may not be opened anyway, needs no rule.
    with contextlib.suppress(OSError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            known = rights if path.is_dir() else rights & _OF_FILES
            rule = struct.pack("<Qi", known, place)
            libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, ctypes.c_uint32(0))
        finally:
            os.close(place)
