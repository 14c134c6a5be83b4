"""``cogep calendar``: the addresses that calendar programs read somebody's deadlines from."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import err, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access_teams import team_by_name
from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.calendar_feeds import list_feeds, make_feed, revoke_feed
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import CalendarFeed, FeedKind
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.core.public_address import link_base

app = typer.Typer(
    help="Cria e revoga agendas de prazos para programas de agenda.", no_args_is_help=True
)
T = TypeVar("T")
Email = Annotated[str, typer.Argument(metavar="E-MAIL", help="De quem são os prazos.")]
WORDS = {
    FeedKind.MY_TICKETS: "chamados da pessoa",
    FeedKind.TEAM_TICKETS: "chamados de uma equipe",
    FeedKind.LEGAL_CLOCKS: "prazos da LGPD",
}


@app.command("create")
def create(
    email: Email,
    kind: Annotated[FeedKind, typer.Option("--kind", "-k", help="O que mostrar.")],
    team: Annotated[
        str | None, typer.Option("--team", metavar="NOME", help="De qual equipe.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria uma agenda; o endereço é mostrado só desta vez."""

    async def work(session: AsyncSession, settings: Settings) -> str:
        owner = await _owner(session, email)
        team_id = (await team_by_name(session, team)).id if team else None
        _, path = await make_feed(session, owner, kind, team_id, by=SYSTEM)
        return link_base(settings) + path

    address = _run(data_dir, work)
    if as_json:
        print_json({"kind": kind.value, "url": address})
        return
    err().print("Guarde o endereço agora: ele não será mostrado de novo.", style="yellow")
    out().print(address, markup=False, soft_wrap=True)


@app.command("list")
def list_(email: Email, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as agendas de uma pessoa, sem os endereços."""

    async def work(
        session: AsyncSession, _settings: Settings
    ) -> list[tuple[CalendarFeed, str | None]]:
        return list(await list_feeds(session, await _owner(session, email)))

    found = _run(data_dir, work)
    if as_json:
        feeds = [
            {
                "id": str(feed.id),
                "kind": feed.kind.value,
                "team": team,
                "last_used_at": feed.last_used_at and feed.last_used_at.isoformat(),
            }
            for feed, team in found
        ]
        print_json({"feeds": feeds})
        return
    zone = ZoneInfo(settings_for(data_dir).timezone)
    shown = table("ID", "O que mostra", "Equipe", "Lida pela última vez", whole=1)
    for feed, team in found:
        used = moment(feed.last_used_at, zone) or "nunca"
        shown.add_row(str(feed.id), WORDS[feed.kind], team or "", used)
    out().print(shown)


@app.command("revoke")
def revoke(
    email: Email,
    feed_id: Annotated[UUID, typer.Argument(metavar="ID", help="Qual agenda.")],
    data_dir: DataDir = None,
) -> None:
    """Revoga o endereço de uma agenda, na hora."""

    async def work(session: AsyncSession, _settings: Settings) -> None:
        await revoke_feed(session, await _owner(session, email), feed_id, by=SYSTEM)

    _run(data_dir, work)
    out().print("O endereço foi revogado.")


async def _owner(session: AsyncSession, email: str) -> Principal:
    user = await find_by_email(session, email)
    if user is None:
        raise AppError("user_not_found")
    return Principal(PrincipalKind.USER, user.role, user.id)


def _run(data_dir: Path | None, work: Callable[[AsyncSession, Settings], Awaitable[T]]) -> T:
    settings = settings_for(data_dir)

    async def in_transaction(database: Database) -> T:
        async with database.begin() as session:
            return await work(session, settings)

    return on_database(settings, in_transaction)
