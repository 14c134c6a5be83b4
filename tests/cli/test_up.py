"""`cogep up`: one command, and what happens when parts of it die."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from cogep_assist import sample
from cogep_assist.cli.listening import answers
from cogep_assist.core.embedded_postgres import running

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX matters")
COGEP = (sys.executable, "-m", "cogep_assist")
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@dataclass
class Installation:
    process: subprocess.Popen[str]
    folder: Path
    port: int
    output: Path

    def child(self, word: str) -> psutil.Process | None:
        for process in psutil.Process(self.process.pid).children():
            # One that has just been killed has no command line any more.
            with contextlib.suppress(psutil.Error):
                if word in process.cmdline():
                    return process
        return None

    @property
    def postmaster(self) -> int:
        return int((self.folder / "postgres/postmaster.pid").read_text().split()[0])

    def is_ready(self, host: str = "127.0.0.1") -> bool:
        return answers(host, self.port, "/readyz") == 200

    def is_alone(self) -> bool:
        """Whether no process of this installation is left."""
        for process in psutil.process_iter(["cmdline", "status"]):
            if str(self.folder) in (process.info["cmdline"] or []):
                return False
        return not (self.folder / "postgres/postmaster.pid").exists()


def wait_until(condition: Callable[[], object], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COGEP_", "POSTGRES_"))}
    kept.pop("DATABASE_URL", None)
    return {**kept, "PYTHONUTF8": "1", **more}


def start(folder: Path, *options: str, umask: int = -1, **variables: str) -> Installation:
    port, output = free_port(), folder.parent / f"{folder.name}.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [*COGEP, "up", "--port", str(port), "--data-dir", str(folder), *options],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder.parent,
            env=environment(**variables),
            umask=umask,
        )
    return Installation(process, folder, port, output)


def finish(installation: Installation) -> None:
    if installation.process.poll() is None:
        installation.process.terminate()
        try:
            installation.process.wait(90)
        except subprocess.TimeoutExpired:
            installation.process.kill()
            installation.process.wait()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = start(tmp_path_factory.mktemp("up") / "dados", "--no-sample")
    assert wait_until(lambda: made.is_ready() or made.process.poll() is not None)
    assert made.process.poll() is None, made.output.read_text()
    # The way in is printed once all runs.
    assert wait_until(lambda: "entrar?token=" in made.output.read_text())
    yield made
    finish(made)


def cogep(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COGEP, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment(**variables),
    )


def test_says_where_it_is_and_how_to_sign_in(installation: Installation) -> None:
    said = installation.output.read_text()
    assert f"http://127.0.0.1:{installation.port}/entrar?token=" in said
    assert "Ctrl-C" in said
    assert answers("127.0.0.1", installation.port, "/healthz") == 200


def test_a_second_one_on_the_same_data_is_told_the_address(installation: Installation) -> None:
    second = cogep("up", "--port", str(free_port()), "--data-dir", str(installation.folder))
    assert second.returncode == 1
    assert f"http://127.0.0.1:{installation.port}" in second.stderr
    assert "já está em execução" in second.stderr
    assert installation.is_ready()


def test_doctor_finds_everything_well(installation: Installation) -> None:
    done = cogep("doctor", "--no-settings", "--data-dir", str(installation.folder))
    assert done.returncode == 0, done.stdout
    assert "Trabalhadores ativos: 1" in done.stdout


@pytest.mark.parametrize("name", ["worker", "serve"])
def test_a_child_that_is_killed_is_started_again(installation: Installation, name: str) -> None:
    victim = installation.child(name)
    assert victim is not None
    victim.kill()
    assert wait_until(
        lambda: (found := installation.child(name)) is not None and found.pid != victim.pid
    )
    assert wait_until(installation.is_ready)


@POSIX
def test_a_database_that_is_killed_is_started_again(installation: Installation) -> None:
    before = installation.postmaster
    os.kill(before, signal.SIGKILL)
    assert wait_until(
        lambda: (
            (installation.folder / "postgres/postmaster.pid").exists()
            and installation.postmaster != before
        )
    )
    assert wait_until(installation.is_ready)


@POSIX
def test_runs_and_stops_whatever_the_locale_the_address_and_the_umask(tmp_path: Path) -> None:
    poor = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    folder = tmp_path / "Órgão público"
    made = start(folder, "--no-sample", "--host", "::1", umask=0, **poor)
    assert wait_until(lambda: made.is_ready("::1") or made.process.poll() is not None)
    written = [folder, *folder.iterdir(), *(folder / "logs").iterdir()]
    assert [path for path in written if path.stat().st_mode & 0o022] == []
    made.process.send_signal(signal.SIGTERM)
    assert made.process.wait(90) == 0, made.output.read_text()
    assert "Tudo parado." in made.output.read_text()
    assert wait_until(made.is_alone, 10)


@POSIX
def test_an_interrupt_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    made = start(tmp_path / "dados", "--no-sample")
    assert wait_until((tmp_path / "dados/up.json").exists)
    made.process.send_signal(signal.SIGINT)
    assert made.process.wait(90) in {0, 130}
    assert wait_until(made.is_alone, 30)


@POSIX
def test_nothing_survives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    made = start(tmp_path / "dados", "--no-sample")
    assert wait_until(lambda: made.is_ready() or made.process.poll() is not None)
    made.process.kill()
    made.process.wait()
    assert wait_until(made.is_alone, 60)
    again = start(tmp_path / "dados", "--no-sample")
    assert wait_until(again.is_ready)
    finish(again)
    assert again.process.returncode == 0


def test_answers_a_question_about_the_sample_with_its_source(tmp_path: Path) -> None:
    made = start(tmp_path / "dados")
    assert wait_until(
        lambda: "entrar?token=" in made.output.read_text() or made.process.poll() is not None
    )
    finish(made)
    said = made.output.read_text()
    first = sample.questions()[0]
    assert first.question in said
    assert str(first.answer) in re.sub(r"\s+", " ", said)
    assert "Fontes" in said


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        done = cogep("up", "--port", str(port), "--data-dir", str(tmp_path / "dados"))
    assert done.returncode == 1
    assert f"A porta {port}" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert not (tmp_path / "dados/postgres").exists()


def test_a_broken_data_folder_is_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path / "dados", extra_settings={"fsync": "off"}):
        pass
    (tmp_path / "dados/postgres/global/pg_control").unlink()
    done = cogep("up", "--port", str(free_port()), "--data-dir", str(tmp_path / "dados"))
    assert done.returncode == 1
    assert "está danificada: falta global/pg_control" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"DATABASE_URL": "postgresql://ana:senha@127.0.0.1:{port}/cogep"}, "Ninguém responde em"),
        ({"DATABASE_URL": "mysql://ana@localhost/x"}, "não é um endereço de PostgreSQL válido"),
        (
            {
                "DATABASE_URL": "postgresql://ana:senha@localhost/cogep",
                "POSTGRES_PASSWORD": "outra",
            },
            "POSTGRES_PASSWORD não concordam",
        ),
    ],
)
def test_a_wrong_database_is_one_sentence(
    tmp_path: Path, variables: dict[str, str], expected: str
) -> None:
    port = str(free_port())
    done = cogep(
        *("up", "--port", str(free_port()), "--data-dir", str(tmp_path / "dados")),
        **{name: value.format(port=port) for name, value in variables.items()},
    )
    assert done.returncode == 1
    assert expected in done.stderr
    assert "ana:senha" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_in_the_place_of_the_data_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "dados").write_text("não sou pasta")
    done = cogep("up", "--port", str(free_port()), "--data-dir", str(tmp_path / "dados"))
    assert done.returncode == 1
    assert "não é uma pasta" in done.stderr
