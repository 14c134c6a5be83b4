"""``cogep link``: a one-time link that opens a session in the browser."""

from typing import Annotated

import typer

from cogep_assist.cli.address import DEFAULT_ADDRESS, public_address
from cogep_assist.cli.console import err, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM, create_sign_in_link
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

app = typer.Typer(help="Cria um link de entrada para o navegador.")


@app.command()
def link(
    role: Annotated[Role, typer.Option("--role", "-r", help="Papel de quem entrar.")] = Role.ADMIN,
    minutes: Annotated[
        int, typer.Option("--minutes", min=1, max=1440, metavar="N", help="Minutos de validade.")
    ] = 15,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="ENDEREÇO",
            help="Endereço do sistema (padrão: COGEP_PUBLIC_URL, ou o de “cogep up”).",
        ),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Cria um link de entrada, que vale uma vez e por pouco tempo."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> str:
        async with database.begin() as session:
            return await create_sign_in_link(session, role, minutes, by=SYSTEM)

    token = on_database(settings, work)
    address = sign_in_address(url or public_address(settings) or DEFAULT_ADDRESS, token)
    if as_json:
        print_json({"url": address, "role": role.value, "minutes": minutes})
        return
    err().print(f"Abra no navegador em até {minutes} min; o link vale uma vez só:", style="dim")
    typer.echo(address)


def sign_in_address(base: str, token: str) -> str:
    """Return the address that a person opens to sign in."""
    return f"{base.rstrip('/')}/entrar?token={token}"
