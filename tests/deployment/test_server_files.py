"""The files for a server: units that call what exists, a proxy that lets through what we take."""

import configparser
import re
import shlex
from pathlib import Path

from understood import assert_understood

from cogep_assist.cli import up_run
from cogep_assist.core.config import Settings

FOLDER = Path(__file__).resolve().parents[2] / "integrations"
UVICORN_KEEPS_IDLE_SECONDS = 5


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds the case
    parser.read_string((FOLDER / "systemd" / name).read_text("utf-8"))
    return parser


def test_the_units_call_commands_that_exist_and_give_them_time() -> None:
    for name in ("cogep.service", "cogep-backup.service"):
        service = unit(name)["Service"]
        program, *words = shlex.split(service["ExecStart"])
        assert program == "/opt/cogep/bin/cogep"
        assert_understood(["cogep", *words])
        assert service["User"] == "cogep"
        assert service["ProtectSystem"] == "strict"
    service = unit("cogep.service")["Service"]
    # The supervisor alone hears the signal, and stops the others and the database in their order.
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) > (
        up_run.WORKER_GRACE_SECONDS + up_run.API_GRACE_SECONDS + 60
    )
    backup = unit("cogep-backup.service")["Service"]
    folder = shlex.split(backup["ExecStart"])[2]
    assert folder in backup["ReadWritePaths"].split()


def test_the_proxy_refuses_nothing_that_the_api_would_take() -> None:
    text = (FOLDER / "nginx" / "cogep.conf").read_text("utf-8")

    def value(name: str, unit: str) -> int:
        (found,) = re.findall(rf"^\s*{name} (\d+){unit};", text, re.MULTILINE)
        return int(found)

    defaults = Settings.model_fields
    assert value("client_max_body_size", "m") * 2**20 > defaults["ingest_max_request_bytes"].default
    assert value("proxy_read_timeout", "s") > defaults["llm_total_seconds"].default
    assert value("keepalive_timeout", "s") < UVICORN_KEEPS_IDLE_SECONDS
    # What a visitor writes into the header must not count as where they come from.
    assert "X-Forwarded-For $remote_addr;" in text
