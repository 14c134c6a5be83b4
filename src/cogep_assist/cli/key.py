"""``cogep key``: create, list and revoke the keys of integrations."""

import sys
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import err, one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM, Act, ApiKey, create_key, list_keys, revoke_key
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role

app = typer.Typer(help="Cria, lista e revoga chaves de acesso.", no_args_is_help=True)
SCOPES = ", ".join(sorted(act.value for act in Act))


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Para que a chave serve.")],
    role: Annotated[Role, typer.Option("--role", "-r", help="O que a chave pode fazer.")],
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires", metavar="QUANDO", help="Validade: AAAA-MM-DD, ou dias, como em 90d."
        ),
    ] = None,
    scopes: Annotated[
        list[str] | None,
        typer.Option(
            "--scope", metavar="ESCOPO", help=f"Só estes atos do papel (repetível): {SCOPES}."
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Escreve só a chave, para scripts.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria uma chave; ela é mostrada só desta vez."""
    settings = settings_for(data_dir)
    until = _expiry(expires, ZoneInfo(settings.timezone)) if expires else None

    async def work(database: Database) -> str:
        async with database.begin() as session:
            return await create_key(session, name, role, until, scopes=scopes or None, by=SYSTEM)

    key = on_database(settings, work)
    if quiet:
        sys.stdout.write(f"{key}\n")
        return
    if as_json:
        print_json(
            {
                "name": name,
                "role": role.value,
                "scopes": sorted(scopes) if scopes else None,
                "key": key,
                "expires_at": _iso(until),
            }
        )
        return
    err().print("Guarde a chave agora: ela não será mostrada de novo.", style="yellow")
    sys.stdout.write(f"{key}\n")


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as chaves que não foram revogadas."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[ApiKey]:
        async with database.begin() as session:
            return list(await list_keys(session))

    keys = on_database(settings, work)
    if as_json:
        print_json({"keys": [_as_json(key) for key in keys]})
        return
    if not keys:
        out().print("Nenhuma chave. Crie uma com “cogep key create NOME --role PAPEL”.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("Nome", "Papel", "Escopos", "Começa por", "Criada em", "Validade", "Último uso")
    for key in keys:
        shown.add_row(
            one_line(key.name),
            key.role.value,
            ", ".join(key.scopes) if key.scopes is not None else "todos do papel",
            f"{key.hint}…",
            moment(key.created_at, zone),
            moment(key.expires_at, zone) or "sem prazo",
            moment(key.last_used_at, zone) or "nunca",
        )
    out().print(shown)


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(metavar="NOME", help="Nome da chave.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Revoga uma chave, na hora e para sempre."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await revoke_key(session, name, by=SYSTEM)

    on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"revoked": name.strip()})
        return
    out().print(f"A chave “{one_line(name)}” foi revogada.", markup=False)


def _expiry(text: str, zone: ZoneInfo) -> datetime:
    cleaned = text.strip().lower()
    try:
        if cleaned.endswith("d") and cleaned[:-1].isdecimal():
            return datetime.now(UTC) + timedelta(days=int(cleaned[:-1]))
        # A day counts whole: the key lives until its last second where the people are.
        return datetime.combine(datetime.fromisoformat(cleaned).date(), time.max, zone)
    except (ValueError, OverflowError):
        raise AppError("expiry_invalid", value=text) from None


def _as_json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "name": key.name,
        "role": key.role.value,
        "scopes": key.scopes,
        "hint": key.hint,
        "created_at": _iso(key.created_at),
        "expires_at": _iso(key.expires_at),
        "last_used_at": _iso(key.last_used_at),
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
