"""``cogep doctor``: what is wrong here, and the remedy of each."""

import asyncio
import platform
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from cogep_assist.cli.console import out, print_json, safe, table
from cogep_assist.cli.event_loop import run
from cogep_assist.cli.failure import as_app_error
from cogep_assist.cli.findings import count, show
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.database_target import DatabaseTarget, embedded_target, open_target
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.configuration import SettingRow, setting_rows
from cogep_assist.core.diagnosis.finding import Finding, State, from_error
from cogep_assist.core.diagnosis.run import NOT_CREATED, ExtraCheck, Subject, diagnose, healthy
from cogep_assist.core.embedded_cluster import Layout, has_cluster
from cogep_assist.core.embedded_postgres import EmbeddedServer, find_running
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.model_choices import chosen_models, settings_with
from cogep_assist.core.models import ModelKind
from cogep_assist.integrations.local_models import check_llm
from cogep_assist.pipeline.parse.child import close_parser_pool
from cogep_assist.pipeline.parse.sandbox_level import sandbox_level
from cogep_assist.rag_service.model_findings import check_chat, check_model

_SANDBOX_STATES = {
    "strong": State.OK,
    "partial": State.OK,
    "weak": State.WARNING,
    "unavailable": State.ERROR,
}
app = typer.Typer(help="Verifica a instalação e diz o remédio do que está errado.")


@app.command()
def doctor(
    as_json: AsJson = False,
    settings_too: Annotated[
        bool, typer.Option("--settings/--no-settings", help="Lista também as configurações.")
    ] = True,
    only: Annotated[
        str,
        typer.Option(
            "--only",
            metavar="NOMES",
            help="Só estas verificações, com vírgula: database,workers. Sem configurações.",
        ),
    ] = "",
    here: Annotated[
        bool,
        typer.Option("--here", help="Dos trabalhadores, só os desta máquina ou contêiner."),
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Verifica tudo e explica cada problema em uma frase, com o remédio."""
    configure_logging("CRITICAL")
    env_file = Path(str(Settings.model_config.get("env_file") or ".env"))
    try:
        settings = load_settings(data_dir=data_dir) if data_dir else load_settings()
    except AppError as error:
        _report([from_error("settings", error)], [], as_json=as_json)
        raise typer.Exit(1) from None
    chosen = frozenset(name.strip() for name in only.split(",") if name.strip())
    host = platform.node() if here else None
    findings = examine(settings, env_file, {"sandbox": _check_sandbox}, chosen, host)
    rows = setting_rows(settings, env_file) if settings_too and not chosen else []
    _report(findings, rows, as_json=as_json)
    if not healthy(findings):
        raise typer.Exit(1)


def examine(
    settings: Settings,
    env_file: Path,
    extra: Mapping[str, ExtraCheck] | None = None,
    only: Collection[str] = (),
    host: str | None = None,
) -> list[Finding]:
    """Make every check, or those named, on the database of these settings.

    The embedded one is not created. ``host``: of all workers, only those of this machine.
    """
    with _database(settings) as (database, stopped):
        address = database if isinstance(database, AppError) else database.owner
        if not isinstance(database, AppError):
            settings = run(_in_force(settings, database.app))
        subject = Subject(settings, env_file, address, stopped=stopped, host=host)
        checks: dict[str, ExtraCheck] = {
            "llm": partial(_check_model, settings, database, ModelKind.CHAT),
            "embedder": partial(_check_model, settings, database, ModelKind.EMBEDDINGS),
            "reranker": partial(_check_model, settings, database, ModelKind.RERANK),
            **(extra or {}),
        }
        return run(diagnose(subject, checks, only))


async def _check_model(
    settings: Settings, target: DatabaseTarget | AppError, kind: ModelKind
) -> list[Finding]:
    if isinstance(target, AppError):
        # Without a database nothing may be sent, for nothing can be recorded.
        return await check_llm(settings) if kind is ModelKind.CHAT else []
    database = Database(target.app, pool_size=2)
    try:
        if kind is ModelKind.CHAT:
            return await check_chat(settings, database)
        return await check_model(settings, database, kind)
    finally:
        await database.close()


async def _in_force(settings: Settings, app: URL) -> Settings:
    """Return the settings with the models that were chosen; a base that cannot say has none."""
    database = Database(app, pool_size=1)
    try:
        async with database.begin() as session:
            choices = await chosen_models(session)
        if not choices:
            # An examination makes no key where there is none yet.
            return settings
        secret_key.load(settings)
        return settings_with(settings, choices)
    except (AppError, DBAPIError, OSError):
        return settings
    finally:
        await database.close()


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[DatabaseTarget | AppError, bool]]:
    """Open the database, or say why not; and whether the product is stopped here."""
    try:
        external = settings.external_database is not None
    except AppError as error:
        yield error, False
        return
    if external:
        with open_target(settings) as target:
            yield target, False
        return
    if not has_cluster(Layout(settings.data_dir)):
        yield AppError(NOT_CREATED, path=str(settings.data_dir)), True
        return
    server = _found_running(settings.data_dir)
    opened = open_target(settings)
    try:
        target = opened.__enter__()
    except (AppError, OSError) as error:
        # A full or closed disk lets nobody join; what answers can be looked at all the same.
        yield embedded_target(server) if server else as_app_error(error), server is None
        return
    try:
        yield target, server is None
    finally:
        opened.__exit__(None, None, None)


def _found_running(data_dir: Path) -> EmbeddedServer | None:
    try:
        return find_running(data_dir)
    except (AppError, OSError):
        return None


async def _check_sandbox() -> list[Finding]:
    reached = await asyncio.to_thread(sandbox_level)
    close_parser_pool()
    state = _SANDBOX_STATES[reached.level]
    code = f"doctor_sandbox_{reached.level}"
    return [Finding("sandbox", state, code, {"sentence": reached.sentence})]


def _report(findings: list[Finding], rows: list[SettingRow], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "ok": healthy(findings),
                "checks": [finding.as_json() for finding in findings],
                "settings": [
                    {"name": row.name, "value": row.value, "source": row.source} for row in rows
                ],
            }
        )
        return
    if rows:
        listing = table("Configuração", "Valor", "De onde")
        for row in rows:
            listing.add_row(Text(row.name), Text(safe(row.value)), Text(safe(row.source)))
        out().print(listing)
        out().print()
    # Last, where the eye is when the command ends: the settings alone fill a screen or two.
    show(findings)
    out().print(count(findings), style="bold", markup=False)
