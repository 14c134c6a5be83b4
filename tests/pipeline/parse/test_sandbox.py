"""What a parser child cannot do, tried from inside a process that entered the same sandbox."""

import ctypes
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from cogep_assist.pipeline.parse.sandbox_level import sandbox_level

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="tries Linux's measures")

_HAS_LANDLOCK = (
    sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) > 0
)


def inside(code: str, memory_mib: int = 256) -> str:
    script = (
        "import os, sys\n"
        "from cogep_assist.pipeline.parse import sandbox\n"
        f"reached = sandbox.enter(os.getppid(), {memory_mib} << 20)\n" + textwrap.dedent(code)
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True, text=True, timeout=60, check=False, cwd=folder,
        )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"])
def test_no_socket_of_any_family_opens(family: str) -> None:
    said = inside(
        f"""
        import socket
        try:
            kind = socket.SOCK_RAW if "{family}" == "AF_PACKET" else socket.SOCK_DGRAM
            socket.socket(socket.{family}, kind)
        except PermissionError:
            print("negado")
        """
    )
    assert said == "negado\n"


def test_the_refusal_passes_on_to_programs_that_the_child_starts() -> None:
    said = inside(
        """
        import subprocess
        code = "import socket\\ntry: socket.socket()\\nexcept PermissionError: print('negado')"
        command = [sys._base_executable, "-I", "-S", "-c", code]
        print(subprocess.run(command, capture_output=True, text=True).stdout)
        """
    )
    assert said.strip() == "negado"


def test_other_processes_cannot_be_read_or_traced() -> None:
    said = inside(
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.ptrace(16, os.getppid(), 0, 0), ctypes.get_errno())
        print(libc.unshare(0x00020000), ctypes.get_errno())
        """
    )
    assert said == "-1 13\n-1 13\n"


@pytest.mark.skipif(not _HAS_LANDLOCK, reason="this kernel has no Landlock")
def test_files_of_the_server_and_other_processes_are_out_of_reach(tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.write_text("segredo")
    said = inside(
        f"""
        import signal
        def refused(act, *arguments):
            try:
                return act(*arguments)
            except PermissionError:
                return "negado"
        parent = "/proc/%d/" % os.getppid()
        files = ({str(secret)!r}, "/etc/passwd", parent + "environ", "/proc/self/environ")
        print({{refused(open, name) for name in files}})
        folders = ({str(tmp_path)!r}, "/", "/tmp", parent)
        print({{refused(os.listdir, name) for name in folders}})
        print(refused(open, {str(tmp_path / "escrito")!r}, "w"))
        print(refused(os.symlink, {str(secret)!r}, "atalho"))
        print(refused(os.kill, os.getppid(), signal.SIGTERM))
        print(refused(os.setsid), refused(os.setpgid, 0, 0))
        with open("meu", "w+") as own:
            own.write("fica")
        os.unlink("meu")
        print("file_access" in reached, sandbox.peak_memory_bytes() > 1 << 20)
        """
    )
    assert said.splitlines() == [*["{'negado'}"] * 2, *["negado"] * 3, "negado negado", "True True"]
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.skipif(not _HAS_LANDLOCK, reason="this kernel has no Landlock")
def test_a_parser_with_its_libraries_works_within_the_fence() -> None:
    said = inside(
        """
        import shutil, subprocess
        import lxml.etree, numpy, PIL.Image, pypdfium2, python_calamine, zoneinfo
        print(zoneinfo.ZoneInfo("America/Sao_Paulo").key)
        if shutil.which("tesseract"):
            done = subprocess.run(["tesseract", "--version"], capture_output=True, text=True)
            assert done.returncode == 0, done
        """
    )
    assert said == "America/Sao_Paulo\n"


def test_memory_files_and_dumps_are_bounded() -> None:
    said = inside(
        """
        import resource
        try:
            bytearray(300 << 20)
        except MemoryError:
            print("sem memória")
        try:
            opened = [open(os.devnull) for _ in range(100)]
        except OSError:
            print("sem arquivos")
        print(resource.getrlimit(resource.RLIMIT_CORE))
        """
    )
    assert said == "sem memória\nsem arquivos\n(0, 0)\n"


def test_limits_cannot_be_raised_again() -> None:
    said = inside(
        """
        import resource
        print(resource.getrlimit(resource.RLIMIT_AS) == (256 << 20, 256 << 20))
        wanted = {"memory", "system_calls", "no_new_privileges", "dies_with_parent"}
        print(sorted(wanted & set(reached)))
        """
    )
    assert said == "True\n['dies_with_parent', 'memory', 'no_new_privileges', 'system_calls']\n"


def test_a_child_of_another_parent_ends_itself() -> None:
    script = (
        "from cogep_assist.pipeline.parse import sandbox\n"
        "sandbox.enter(1 << 22, 256 << 20)\nprint('vivo')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "vivo" not in done.stdout
    assert os.getpid() != 1 << 22


def test_the_level_is_measured_and_said_in_portuguese() -> None:
    level = sandbox_level()
    assert level.level in ("strong", "partial")
    assert "system_calls" in level.measures
    assert level.sentence.endswith(".")
    assert "rede" in level.sentence
