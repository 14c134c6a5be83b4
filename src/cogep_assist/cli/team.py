"""``cogep team``: teams, who is in them and who leads them."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import access_teams as teams
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.access_users import find_by_email
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Team, User

app = typer.Typer(help="Cria equipes e diz quem está nelas.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="EQUIPE", help="Nome da equipe.")]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail da pessoa.")]


@app.command("create")
def create(
    name: Name,
    description: Annotated[
        str, typer.Option("--description", help="Para que a equipe existe.")
    ] = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria uma equipe."""

    async def work(session: AsyncSession) -> Team:
        return await teams.create_team(session, SYSTEM, name, description)

    team: Team = _run(data_dir, work)
    if as_json:
        print_json({"id": str(team.id), "name": team.name, "description": team.description})
        return
    out().print(f"Equipe criada: {one_line(team.name)}.", markup=False)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as equipes."""

    async def work(session: AsyncSession) -> Sequence[tuple[Team, int]]:
        return await teams.list_teams(session, SYSTEM)

    found: Sequence[tuple[Team, int]] = _run(data_dir, work)
    if as_json:
        print_json({"teams": [{"id": str(t.id), "name": t.name, "members": n} for t, n in found]})
        return
    if not found:
        out().print("Nenhuma equipe. Crie uma com “cogep team create EQUIPE”.")
        return
    shown = table("Equipe", "Pessoas", "Para quê")
    for team, members in found:
        shown.add_row(one_line(team.name), str(members), one_line(team.description))
    out().print(shown)


@app.command("show")
def show(name: Name, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra quem está em uma equipe."""

    async def work(session: AsyncSession) -> Sequence[teams.Member]:
        team = await teams.team_by_name(session, name)
        return await teams.members_of(session, SYSTEM, team.id)

    members: Sequence[teams.Member] = _run(data_dir, work)
    if as_json:
        fields = ("name", "email", "leader")
        rows = [{f: getattr(m, f) for f in fields} | {"id": str(m.user_id)} for m in members]
        print_json({"members": rows})
        return
    shown = table("Nome", "E-mail", "Lidera")
    for member in members:
        shown.add_row(
            one_line(member.name), one_line(member.email), "sim" if member.leader else "não"
        )
    out().print(shown)


@app.command("add")
def add(
    name: Name,
    email: Email,
    leader: Annotated[
        bool, typer.Option("--leader", help="A pessoa também diz quem entra na equipe.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Põe uma pessoa na equipe, ou diz se ela a lidera."""

    async def work(session: AsyncSession) -> None:
        team, user = await _found(session, name, email)
        await teams.set_member(session, SYSTEM, team.id, user.id, leader=leader)

    _run(data_dir, work)
    out().print(f"{one_line(email)} está na equipe {one_line(name)}.", markup=False)


@app.command("remove")
def remove(name: Name, email: Email, data_dir: DataDir = None) -> None:
    """Tira uma pessoa da equipe."""

    async def work(session: AsyncSession) -> None:
        team, user = await _found(session, name, email)
        await teams.remove_member(session, SYSTEM, team.id, user.id)

    _run(data_dir, work)
    out().print(f"{one_line(email)} saiu da equipe {one_line(name)}.", markup=False)


@app.command("delete")
def delete(name: Name, data_dir: DataDir = None) -> None:
    """Apaga uma equipe que nada mais usa."""

    async def work(session: AsyncSession) -> None:
        team = await teams.team_by_name(session, name)
        await teams.remove_team(session, SYSTEM, team.id)

    _run(data_dir, work)
    out().print(f"A equipe {one_line(name)} foi apagada.", markup=False)


def _run(data_dir: Path | None, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    async def on_session(database: Database) -> Any:
        async with database.begin() as session:
            return await work(session)

    return on_database(settings_for(data_dir), on_session)


async def _found(session: AsyncSession, name: str, email: str) -> tuple[Team, User]:
    team = await teams.team_by_name(session, name)
    user = await find_by_email(session, email)
    if user is None:
        raise AppError("user_not_found")
    return team, user
