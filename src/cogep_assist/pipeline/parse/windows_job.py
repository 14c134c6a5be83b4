"""Hold a Windows process in a job object: bounded memory, few processes, killed with its handle."""

import ctypes
from typing import Any

_LIMIT_ACTIVE_PROCESS = 0x8
_LIMIT_PROCESS_MEMORY = 0x100
_LIMIT_JOB_MEMORY = 0x200
_LIMIT_DIE_ON_UNHANDLED_EXCEPTION = 0x400
_LIMIT_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMITS = 9
_UI_LIMITS = 4
_ALL_UI_LIMITS = 0xFF
_PROCESSES = 8


class _Basic(ctypes.Structure):
    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64), ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32), ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t), ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t), ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )  # fmt: skip


class _Extended(ctypes.Structure):
    _fields_ = (
        ("Basic", _Basic), ("IoCounters", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t), ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t), ("PeakJobMemoryUsed", ctypes.c_size_t),
    )  # fmt: skip


class WindowsJob:
    """Own one job object; closing it, or dying, ends every process in it."""

    def __init__(self, process_handle: int, memory_bytes: int) -> None:
        self._kernel = _kernel32()
        self._handle = self._kernel.CreateJobObjectW(None, None)
        limits = _Extended()
        limits.Basic.LimitFlags = (
            _LIMIT_ACTIVE_PROCESS | _LIMIT_PROCESS_MEMORY | _LIMIT_JOB_MEMORY
            | _LIMIT_DIE_ON_UNHANDLED_EXCEPTION | _LIMIT_KILL_ON_JOB_CLOSE
        )  # fmt: skip
        limits.Basic.ActiveProcessLimit = _PROCESSES
        limits.ProcessMemoryLimit = memory_bytes
        limits.JobMemoryLimit = memory_bytes * 2
        interface = ctypes.c_uint32(_ALL_UI_LIMITS)
        self.holds = bool(
            self._handle
            and self._kernel.SetInformationJobObject(
                self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
            )
            and self._kernel.AssignProcessToJobObject(self._handle, process_handle)
        )
        self._kernel.SetInformationJobObject(
            self._handle, _UI_LIMITS, ctypes.byref(interface), ctypes.sizeof(interface)
        )

    def kill(self) -> None:
        """End every process of the job at once."""
        if self._handle:
            self._kernel.TerminateJobObject(self._handle, 1)

    def close(self) -> None:
        """Let the job go; what still runs in it ends."""
        if self._handle:
            self._kernel.CloseHandle(self._handle)
            self._handle = None


def _kernel32() -> Any:
    # Looked up by name: the attribute exists on Windows alone.
    kernel = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009
    handle, number, pointer = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p
    kernel.CreateJobObjectW.restype = handle
    kernel.CreateJobObjectW.argtypes = (pointer, ctypes.c_wchar_p)
    kernel.SetInformationJobObject.argtypes = (handle, ctypes.c_int, pointer, number)
    kernel.AssignProcessToJobObject.argtypes = (handle, handle)
    kernel.TerminateJobObject.argtypes = (handle, number)
    kernel.CloseHandle.argtypes = (handle,)
    return kernel
