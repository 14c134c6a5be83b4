"""Checks of the settings: where each value comes from, and whether they agree."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr

from cogep_assist.core.config import Settings, environment_name
from cogep_assist.core.database_address import servers_of, shown_servers
from cogep_assist.core.diagnosis.finding import Finding, fail, from_error, ok, warn
from cogep_assist.core.errors import AppError

# Letters of what people type by mistake for one of our names.
_OWN_PREFIXES = ("COGEP_", "POSTGRES_", "CELERY_")
# The last is the supervisor's word to its own children.
_READ_BY_OTHERS = {"POSTGRES_HOST_AUTH_METHOD", "POSTGRES_INITDB_ARGS", "COGEP_SUPERVISED"}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as a person may see it: a secret shows only that it is set."""

    name: str
    value: str
    source: str
    description: str


def setting_rows(settings: Settings, env_file: Path) -> list[SettingRow]:
    """List every setting with its value and where it was read from."""
    in_file = {name.upper() for name in _read_env_file(env_file)}
    in_environment = {name.upper() for name in os.environ}
    rows = []
    for field, info in Settings.model_fields.items():
        name = environment_name(field)
        if name.upper() in in_environment:
            source = "ambiente"
        elif name.upper() in in_file:
            source = str(env_file)
        elif field in settings.model_fields_set:
            source = "linha de comando"
        else:
            source = "padrão"
        value = _shown(getattr(settings, field), name)
        rows.append(SettingRow(name, value, source, info.description or ""))
    return rows


def check_settings(settings: Settings, env_file: Path) -> list[Finding]:
    """Check that the settings agree and that no name of ours is misspelt."""
    findings = [_check_database_settings(settings)]
    known = {environment_name(field).upper() for field in Settings.model_fields}
    given = {*_read_env_file(env_file), *os.environ}
    unknown = sorted(
        name
        for name in given
        if name.upper().startswith(_OWN_PREFIXES)
        and name.upper() not in known
        and name not in _READ_BY_OTHERS
    )
    findings.extend(warn("settings", "doctor_setting_unknown", setting=name) for name in unknown)
    if env_file.exists() and os.name == "posix" and env_file.stat().st_mode & 0o004:
        findings.append(warn("settings", "doctor_env_file_open", path=str(env_file.absolute())))
    return findings


def _check_database_settings(settings: Settings) -> Finding:
    try:
        url = settings.external_database
    except AppError as error:
        return from_error("settings", error)
    if url is None:
        return ok("settings", "doctor_settings_embedded", path=str(settings.data_dir))
    for host, _ in servers_of(url):
        if host in {"redis", "rabbitmq"}:
            return fail("settings", "doctor_database_host_is_broker", host=host)
    return ok("settings", "doctor_settings_external", host=shown_servers(url))


def _read_env_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return dict(dotenv_values(path, encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def _shown(value: Any, name: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, SecretStr):
        return "•••"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "—"
    if isinstance(value, str) and name.endswith("_URL") and "@" in value:
        # An address may carry a password.
        scheme, _, rest = value.partition("://")
        return f"{scheme}://•••@{rest.rpartition('@')[2]}"
    return str(value)
