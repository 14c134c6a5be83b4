"""``cogep user``: add, list and look after the people who sign in."""

import sys
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.address import DEFAULT_ADDRESS, public_address
from cogep_assist.cli.console import err, one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import access_users as users
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.access_links import invite, reset
from cogep_assist.core.access_sessions import end_sessions_of
from cogep_assist.core.access_totp import remove_second_step
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, User

app = typer.Typer(help="Cria, lista e cuida dos usuários.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail da pessoa.")]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="ENDEREÇO",
        help="Endereço do sistema (padrão: COGEP_PUBLIC_URL, ou o de “cogep up”).",
    ),
]
ROLES = {
    Role.ADMIN: "administrador",
    Role.AGENT: "atendente",
    Role.CURATOR: "curador",
    Role.DPO: "encarregado",
    Role.REQUESTER: "solicitante",
}


@app.command("add")
def add(
    email: Email,
    role: Annotated[Role, typer.Option("--role", "-r", help="O que a pessoa pode fazer.")],
    name: Annotated[str | None, typer.Option("--name", "-n", help="Nome da pessoa.")] = None,
    reads_sensitive: Annotated[
        bool,
        typer.Option("--reads-sensitive", help="O atendente lê chamados com dados sensíveis."),
    ] = False,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Lê a senha da entrada padrão, sem convite."),
    ] = False,
    url: Url = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria um usuário e envia o convite para escolher a senha."""
    settings = settings_for(data_dir)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    async def work(database: Database) -> tuple[User, str | None]:
        async with database.begin() as session:
            user = await users.add_user(
                session, email, role, name=name, reads_sensitive=reads_sensitive, by=SYSTEM
            )
            if password is not None:
                await users.set_password(
                    session, user, password, SYSTEM, organization=settings.organization
                )
                return user, None
            return user, await invite(
                session, user, _base(settings, url), by=SYSTEM, organization=settings.organization
            )

    user, link = on_database(settings, work)
    if as_json:
        print_json({**_as_json(user), "invitation_url": link})
        return
    out().print(f"Usuário criado: {user.email} ({ROLES[role]}).", markup=False)
    _show_link(link, "O convite foi para a caixa de saída; este é o link, se quiser entregá-lo:")


@app.command("list")
def list_(
    disabled: Annotated[
        bool, typer.Option("--disabled", help="Mostra só os usuários desativados.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os usuários ativos."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[User]:
        async with database.begin() as session:
            return await _all(session, disabled=disabled)

    found = on_database(settings, work)
    if as_json:
        print_json({"users": [_as_json(user) for user in found]})
        return
    if not found:
        out().print("Nenhum usuário. Crie um com “cogep user add EMAIL --role PAPEL”.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("E-mail", "Nome", "Papel", "Duas etapas", "Último acesso", whole=1)
    for user in sorted(found, key=lambda user: user.sort_key):
        shown.add_row(
            one_line(user.email),
            one_line(user.name),
            ROLES[user.role],
            "sim" if user.totp_confirmed_at else "não",
            moment(user.last_sign_in_at, zone) or "nunca",
        )
    out().print(shown)


@app.command("role")
def role_(
    email: Email,
    role: Annotated[Role, typer.Argument(metavar="PAPEL", help="O novo papel.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Troca o papel de um usuário e encerra as sessões dele."""
    user = _change(email, users.UserChange(role=role), data_dir)
    _tell(user, f"{user.email} agora é {ROLES[user.role]}.", as_json=as_json)


@app.command("disable")
def disable(email: Email, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Desativa um usuário: as sessões e os links dele param de valer na hora."""
    user = _change(email, users.UserChange(disabled=True), data_dir)
    _tell(user, f"{user.email} foi desativado.", as_json=as_json)


@app.command("enable")
def enable(email: Email, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Ativa de novo um usuário desativado."""
    user = _change(email, users.UserChange(disabled=False), data_dir)
    _tell(user, f"{user.email} foi ativado.", as_json=as_json)


@app.command("reset")
def reset_(
    email: Email,
    second_step: Annotated[
        bool, typer.Option("--second-step", help="Desliga também a verificação em duas etapas.")
    ] = False,
    url: Url = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Envia um link para criar outra senha (ou o convite, a quem ainda não tem senha)."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> str:
        async with database.begin() as session:
            user = await _required(session, email)
            if second_step:
                await remove_second_step(session, SYSTEM, user.id)
            base = _base(settings, url)
            if user.password_hash is None:
                return await invite(
                    session, user, base, by=SYSTEM, organization=settings.organization
                )
            return await reset(session, user, base, by=SYSTEM)

    link = on_database(settings, work)
    if as_json:
        print_json({"email": email, "url": link})
        return
    _show_link(link, "O link foi para a caixa de saída; é este, se quiser entregá-lo:")


@app.command("sensitive")
def sensitive(
    email: Email,
    off: Annotated[bool, typer.Option("--off", help="Retira o acesso.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Diz se um atendente lê chamados com dados sensíveis (LGPD, art. 11)."""
    user = _change(email, users.UserChange(reads_sensitive=not off), data_dir)
    words = "não lê" if off else "lê"
    _tell(user, f"{user.email} {words} chamados com dados sensíveis.", as_json=as_json)


@app.command("sign-out")
def sign_out(email: Email, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Encerra todas as sessões de um usuário."""

    async def work(database: Database) -> int:
        async with database.begin() as session:
            return await end_sessions_of(session, (await _required(session, email)).id, SYSTEM)

    ended = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"email": email, "ended": ended})
        return
    out().print(f"Sessões encerradas: {ended}.")


def _change(email: str, change: users.UserChange, data_dir: Any) -> User:
    async def work(database: Database) -> User:
        async with database.begin() as session:
            user = await _required(session, email)
            return await users.change_user(session, SYSTEM, user.id, change)

    return on_database(settings_for(data_dir), work)


def _tell(user: User, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(user))
        return
    out().print(words, markup=False)


async def _required(session: AsyncSession, email: str) -> User:
    user = await users.find_by_email(session, email)
    if user is None:
        raise AppError("user_not_found")
    return user


async def _all(session: AsyncSession, *, disabled: bool) -> list[User]:
    found: list[User] = []
    after = None
    while True:
        page, after = await users.list_users(session, SYSTEM, after=after, disabled=disabled)
        found += page
        if after is None:
            return found


def _base(settings: Settings, url: str | None) -> str:
    return (url or public_address(settings) or DEFAULT_ADDRESS).rstrip("/")


def _show_link(link: str | None, words: str) -> None:
    if link is not None:
        err().print(words, style="dim")
        # Plain and unwrapped, so that it can be copied whole.
        sys.stdout.write(f"{link}\n")


def _as_json(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "second_step": user.totp_confirmed_at is not None,
        "disabled_at": user.disabled_at.isoformat() if user.disabled_at else None,
        "last_sign_in_at": user.last_sign_in_at.isoformat() if user.last_sign_in_at else None,
        "created_at": user.created_at.isoformat(),
    }
