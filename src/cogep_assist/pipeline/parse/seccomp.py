"""Refuse system calls by a seccomp filter, built by hand for x86-64 and aarch64."""

import ctypes
import platform
import struct
import sys

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_RET_ALLOW = 0x7FFF0000
_RET_ERRNO_EACCES = 0x00050000 | 13
_RET_KILL_PROCESS = 0x80000000
_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_RETURN = 0x06
_X32_BIT = 0x40000000

# What a hijacked parser could use to reach the network, other processes or the kernel's rarer
# doors. io_uring is here because it opens sockets without the socket call; setsid and setpgid
# because what leaves the group is not killed with it.
_X86_64 = {
    "socket": 41, "connect": 42, "bind": 49, "socketpair": 53, "ptrace": 101, "mount": 165,
    "umount2": 166, "init_module": 175, "delete_module": 176, "chroot": 161, "pivot_root": 155,
    "swapon": 167, "reboot": 169, "kexec_load": 246, "keyctl": 250, "add_key": 248,
    "request_key": 249, "unshare": 272, "perf_event_open": 298, "process_vm_readv": 310,
    "process_vm_writev": 311, "setns": 308, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
    "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438,
    "mount_setattr": 442, "setpgid": 109, "setsid": 112,
}  # fmt: skip
_AARCH64 = {
    "socket": 198, "socketpair": 199, "bind": 200, "connect": 203, "ptrace": 117, "mount": 40,
    "umount2": 39, "init_module": 105, "delete_module": 106, "chroot": 51, "pivot_root": 41,
    "swapon": 224, "reboot": 142, "kexec_load": 104, "keyctl": 219, "add_key": 217,
    "request_key": 218, "unshare": 97, "perf_event_open": 241, "process_vm_readv": 270,
    "process_vm_writev": 271, "setns": 268, "finit_module": 273, "kexec_file_load": 294, "bpf": 280,
    "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_getfd": 438,
    "mount_setattr": 442, "setpgid": 154, "setsid": 157,
}  # fmt: skip
_ARCHITECTURES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_dangerous_calls(libc: ctypes.CDLL) -> bool:
    """Install the filter for this process and all it starts; needs NO_NEW_PRIVS. Never undone."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None or sys.maxsize < 2**32 or sys.byteorder != "little":
        return False
    code = _assemble(known[0], sorted(known[1].values()))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _assemble(architecture: int, refused: list[int]) -> bytes:
    """Write the filter: another architecture is killed, a refused call gets EACCES."""
    lines = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _RET_KILL_PROCESS),
        (_LOAD, 0, 0, 0),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _RET_ERRNO_EACCES),
    ]
    for number in refused:
        lines += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _RET_ERRNO_EACCES)]
    lines.append((_RETURN, 0, 0, _RET_ALLOW))
    return b"".join(struct.pack("<HBBI", *line) for line in lines)
