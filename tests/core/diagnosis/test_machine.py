"""The machine, the broker and the settings: what misleads people is named."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cogep_assist.core.config import load_settings
from cogep_assist.core.diagnosis import broker, machine
from cogep_assist.core.diagnosis.broker import check_broker
from cogep_assist.core.diagnosis.configuration import check_settings, setting_rows
from cogep_assist.core.diagnosis.finding import State


@asynccontextmanager
async def server_that_says(*answers: bytes) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(200)
        writer.writelines(answers)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def test_a_command_without_an_active_environment_is_named(tmp_path: Path) -> None:
    found = machine.check_command(path=str(tmp_path), prefix=str(tmp_path / ".venv"))
    assert found.code == "doctor_command_not_on_path"
    assert str(tmp_path / ".venv") in found.remedy


@pytest.mark.parametrize(
    ("platform", "here", "elsewhere"),
    [("linux", "source ", "Activate.ps1"), ("win32", "Activate.ps1", "source ")],
)
def test_the_remedy_is_this_systems_own(
    platform: str, here: str, elsewhere: str, tmp_path: Path
) -> None:
    found = machine.check_command(str(tmp_path), prefix=str(tmp_path), platform=platform)
    assert here in found.remedy
    assert elsewhere not in found.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="a program without extension is POSIX")
def test_a_command_of_another_installation_is_named(tmp_path: Path) -> None:
    program = tmp_path / "cogep"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = machine.check_command(path=str(tmp_path), prefix=str(tmp_path / ".venv"))
    assert found.code == "doctor_command_elsewhere"
    (tmp_path / ".venv/bin").mkdir(parents=True)
    shutil.move(program, tmp_path / ".venv/bin/cogep")
    found = machine.check_command(str(tmp_path / ".venv/bin"), prefix=str(tmp_path / ".venv"))
    assert found.state is State.OK


@pytest.mark.parametrize(
    ("command", "forks"),
    [
        (["celery", "-A", "cogep_assist.worker_service", "worker"], True),
        (["celery", "worker", "--pool=prefork"], True),
        (["celery", "worker", "-P", "prefork"], True),
        (["celery", "worker", "--pool=solo"], False),
        (["celery", "worker", "-P", "threads"], False),
        (["celery", "beat"], False),
    ],
)
def test_prefork_on_windows_is_named(command: list[str], forks: bool) -> None:
    found = machine.check_pool("win32", [command])
    assert [finding.code for finding in found] == [
        "doctor_pool_prefork" if forks else "doctor_pool_ok"
    ]
    assert machine.check_pool("linux", [command]) == []


@pytest.mark.parametrize(
    ("free", "code"),
    [
        (50 * 2**20, "doctor_disk_full"),
        (2**30, "doctor_disk_little"),
        (2**40, "doctor_disk_ok"),
    ],
)
def test_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: str
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage._replace(free=free))
    assert machine.check_disk(tmp_path / "ainda" / "não" / "existe").code == code


def test_the_time_zone_is_told_with_its_time() -> None:
    found = machine.check_timezone(load_settings(timezone="America/Rio_Branco"))
    assert found.code == "doctor_timezone_ok"
    assert found.details["timezone"] == "America/Rio_Branco"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for tesseract")
@pytest.mark.parametrize(
    ("script", "code"),
    [
        (None, "doctor_ocr_missing"),
        ("echo eng", "doctor_ocr_no_portuguese"),
        ("echo eng; echo por", "doctor_ocr_ok"),
    ],
)
def test_ocr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, code: str
) -> None:
    if script:
        (tmp_path / "tesseract").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    assert machine.check_ocr(load_settings()).code == code
    assert machine.check_ocr(load_settings(parse_ocr=False)).code == "doctor_ocr_off"


async def test_redis_by_its_compose_name_gets_the_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object) -> object:
        raise OSError("Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    found = await check_broker("redis://redis:6379/0")
    assert found.code == "doctor_broker_compose_name"
    assert "redis://localhost:6379/0" in found.remedy
    assert (await check_broker("redis://cache.orgao.gov.br:6379/0")).code == "doctor_broker_host"


@pytest.mark.parametrize(
    ("url", "answers", "code"),
    [
        ("redis://127.0.0.1:{}/0", [b"+PONG\r\n"], "doctor_broker_ok"),
        ("redis://:senha@127.0.0.1:{}/0", [b"+OK\r\n", b"+PONG\r\n"], "doctor_broker_ok"),
        ("redis://127.0.0.1:{}/0", [b"-NOAUTH x\r\n"], "doctor_broker_password"),
        ("redis://:errada@127.0.0.1:{}/0", [b"-WRONGPASS x\r\n"], "doctor_broker_password"),
        ("redis://127.0.0.1:{}/0", [b"-LOADING x\r\n"], "doctor_broker_loading"),
        ("redis://127.0.0.1:{}/0", [b"HTTP/1.1 400\r\n"], "doctor_broker_other_program"),
        ("redis://127.0.0.1:{}/0", [], "doctor_broker_other_program"),
    ],
)
async def test_the_brokers_answer(url: str, answers: list[bytes], code: str) -> None:
    async with server_that_says(*answers) as port:
        found = await check_broker(url.format(port))
    assert found.code == code
    assert "senha@" not in str(found.as_json())


async def test_a_broker_that_takes_the_call_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broker, "_SECONDS", 0.05)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        found = await check_broker(f"redis://127.0.0.1:{port}/0")
    assert found.code == "doctor_broker_silent"


async def test_a_broker_that_is_down_or_absent() -> None:
    async with server_that_says() as port:
        pass
    assert (await check_broker(f"redis://127.0.0.1:{port}/0")).code == "doctor_broker_down"
    assert (await check_broker(None)).state is State.SKIPPED
    assert (await check_broker("localhost:6379")).code == "doctor_broker_url"
    assert (await check_broker("redis://host:99999/0")).code == "doctor_broker_url"


def test_settings_are_listed_with_their_source_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("COGEP_TIMEZONE=America/Manaus\nCOGEP_SEGREDO=1\n", "utf-8")
    monkeypatch.setenv("COGEP_LLM_API_KEY", "chave-muito-secreta")
    settings = load_settings(_env_file=env_file, data_dir=tmp_path)
    rows = {row.name: row for row in setting_rows(settings, env_file)}
    assert rows["COGEP_LLM_API_KEY"].value == "•••"
    assert rows["COGEP_LLM_API_KEY"].source == "ambiente"
    assert rows["COGEP_TIMEZONE"].value == "America/Manaus"
    assert rows["COGEP_TIMEZONE"].source == str(env_file)
    assert rows["COGEP_DATA_DIR"].source == "linha de comando"
    assert rows["COGEP_LOG_LEVEL"].source == "padrão"
    codes = {finding.code: finding for finding in check_settings(settings, env_file)}
    assert "COGEP_SEGREDO" in codes["doctor_setting_unknown"].text


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_an_env_file_that_everybody_can_read_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("POSTGRES_PASSWORD=segredo\n")
    env_file.chmod(0o644)
    codes = {finding.code for finding in check_settings(load_settings(), env_file)}
    assert "doctor_env_file_open" in codes
    env_file.chmod(0o600)
    codes = {finding.code for finding in check_settings(load_settings(), env_file)}
    assert "doctor_env_file_open" not in codes
