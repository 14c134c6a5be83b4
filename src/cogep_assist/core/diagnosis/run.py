"""The whole examination, in the order in which a person would look."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.broker import check_broker
from cogep_assist.core.diagnosis.configuration import check_settings
from cogep_assist.core.diagnosis.connection import (
    Connection,
    check_server,
    open_connection,
    skipped_without_database,
)
from cogep_assist.core.diagnosis.connection_room import check_room
from cogep_assist.core.diagnosis.database_schema import check_revision, check_schema
from cogep_assist.core.diagnosis.finding import Finding, State, fail, from_error, skip
from cogep_assist.core.diagnosis.machine import (
    check_clock,
    check_command,
    check_disk,
    check_ocr,
    check_pool,
    check_timezone,
)
from cogep_assist.core.diagnosis.master_key import check_master_key
from cogep_assist.core.diagnosis.officer import check_officer
from cogep_assist.core.diagnosis.queue_health import check_queue
from cogep_assist.core.diagnosis.services_health import check_services
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.schema_head import newest_revision

NOT_CREATED = "doctor_database_not_created"
_CHECK_SECONDS = 60.0
_OF_THE_DATABASE = {
    "pgvector": "pgvector",
    "migrations": "migrações",
    "enums": "tipos enumerados",
    "roles": "papéis",
    "workers": "trabalhadores",
    "jobs": "tarefas",
    "services": "serviços de fundo",
    "key": "chave-mestra",
}
_IN_THE_DATABASE = ("database", "drift", "clock", "dpo", *_OF_THE_DATABASE)
_OF_THE_SCHEMA = {"migrations", "enums", "roles", "drift"}
_OF_THE_QUEUE = {"workers", "jobs", "services"}
CHECKS = ("settings", "command", *_IN_THE_DATABASE, "broker", "pool", "disk", "ocr")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined. ``database`` is the owner's address, or why there is none.

    ``stopped`` says that the product is not running here, so that no worker is expected;
    ``host`` that only the workers of this machine are asked about.
    """

    settings: Settings
    env_file: Path
    database: URL | AppError
    stopped: bool = False
    host: str | None = None


ExtraCheck = Callable[[], Awaitable[list[Finding]]]
Group = Callable[[], Coroutine[Any, Any, list[Finding]]]


async def diagnose(
    subject: Subject, extra: Mapping[str, ExtraCheck] | None = None, only: Collection[str] = ()
) -> list[Finding]:
    """Make every check, or only those named; one that fails or hangs never hides the others.

    ``extra`` are checks of others, by name. Raises AppError("doctor_check_unknown").
    """
    settings = subject.settings
    broker = settings.celery_broker_url.get_secret_value() if settings.celery_broker_url else None
    env_file = subject.env_file
    groups: list[tuple[Collection[str], Group]] = [
        (("settings",), lambda: _guarded("settings", _now(check_settings, settings, env_file))),
        (("command",), lambda: _guarded("command", _now(check_command))),
        (_IN_THE_DATABASE, lambda: _examine_database(subject, only)),
        (("broker",), lambda: _guarded("broker", _one(check_broker(broker)))),
        (("pool",), lambda: _guarded("pool", _now(check_pool))),
        (("disk",), lambda: _guarded("disk", _now(check_disk, settings.data_dir))),
        (("clock",), lambda: _guarded("clock", _now(check_timezone, settings))),
        (("ocr",), lambda: _guarded("ocr", _now(check_ocr, settings))),
        *(((name,), partial(_guarded_extra, name, check)) for name, check in (extra or {}).items()),
    ]
    known = {*CHECKS, *(extra or {})}
    if unknown := sorted(set(only) - known):
        raise AppError(
            "doctor_check_unknown", names=", ".join(unknown), known=", ".join(sorted(known))
        )
    findings = []
    for names, group in groups:
        if not only or set(only) & set(names):
            findings += await group()
    return [finding for finding in findings if _is_asked(finding, only)]


def healthy(findings: list[Finding]) -> bool:
    """Tell whether nothing is wrong."""
    return all(finding.state is not State.ERROR for finding in findings)


def _is_asked(finding: Finding, only: Collection[str]) -> bool:
    # A database that cannot be reached answers for whatever was to be looked at in it.
    prevents = finding.state is State.ERROR and finding.check in {"settings", "database"}
    return not only or finding.check in only or prevents


async def _examine_database(subject: Subject, only: Collection[str]) -> list[Finding]:
    url = subject.database
    if isinstance(url, AppError):
        return [*_why_no_database(url, only), *_all_skipped()]
    opened = await open_connection(url)
    if isinstance(opened, Finding):
        return [opened, *_all_skipped()]
    async with opened:
        findings = await _guarded("database", check_server(opened, url))
        pool = subject.settings.database_pool_size
        findings += await _guarded("database", check_room(opened, pool))
        if not only or _OF_THE_SCHEMA & set(only):
            findings += await _guarded("migrations", check_schema(opened, url))
        findings += await _guarded("clock", _one(check_clock(opened)))
        if not only or "key" in only:
            findings += await _guarded("key", _one(check_master_key(opened, subject.settings)))
        if not only or "dpo" in only:
            findings += await _guarded("dpo", check_officer(opened))
        if not only or _OF_THE_QUEUE & set(only):
            findings += await _guarded("workers", _queue(opened, subject))
    return findings


def _why_no_database(error: AppError, only: Collection[str]) -> list[Finding]:
    if error.code.startswith(("database_settings", "database_url")) and not only:
        return []  # the settings' check has said so already
    if error.code == NOT_CREATED:
        return [skip("database", error.code, **error.details)]
    return [from_error("database", error)]


def _all_skipped() -> list[Finding]:
    return [skipped_without_database(check, name) for check, name in _OF_THE_DATABASE.items()]


async def _queue(connection: Connection, subject: Subject) -> list[Finding]:
    standing = await check_revision(connection)
    if standing.code in {"doctor_schema_missing", "doctor_schema_create_all"}:
        return [
            skip(check, "doctor_needs_schema", what=_OF_THE_DATABASE[check])
            for check in sorted(_OF_THE_QUEUE)
        ]
    found = str(standing.details.get("found", newest_revision()))
    queue = await check_queue(
        connection, revision=found, stopped=subject.stopped, host=subject.host
    )
    return queue + await check_services(connection)


async def _guarded(check: str, work: Coroutine[Any, Any, list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await work
    except AppError as error:
        return [from_error(check, error)]
    except TimeoutError:
        return [fail(check, "doctor_check_timeout", what=check)]
    except psycopg.Error as error:
        return [fail(check, "doctor_check_database", what=check, kind=type(error).__name__)]
    except Exception as error:  # noqa: BLE001 - the command that explains failures must not fail
        _log.exception("doctor_check_failed", check=check)
        return [fail(check, "doctor_check_failed", what=check, kind=type(error).__name__)]


async def _now(check: Callable[..., Any], *arguments: Any) -> list[Finding]:
    found = await asyncio.to_thread(check, *arguments)
    return found if isinstance(found, list) else [found]


async def _one(check: Awaitable[Finding]) -> list[Finding]:
    return [await check]


async def _guarded_extra(name: str, check: ExtraCheck) -> list[Finding]:
    return await _guarded(name, _awaited(check))


async def _awaited(check: ExtraCheck) -> list[Finding]:
    return await check()
