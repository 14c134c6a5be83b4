"""``cogep site``: which sites may show the question box, and the line that goes into them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.access_service import sites
from cogep_assist.access_service.site_schemas import (
    CONSENT,
    GREETING,
    SiteBody,
    SiteChange,
    SiteReply,
)
from cogep_assist.cli.console import err, one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.public_address import link_base

app = typer.Typer(help="Autoriza sites a mostrar a caixa de perguntas.", no_args_is_help=True)
T = TypeVar("T")
Name = Annotated[str, typer.Argument(metavar="NOME", help="Nome do site.")]
ORIGIN = "Origem autorizada, como https://www.orgao.gov.br (repetível)."
PER_MINUTE = "Pedidos por minuto, de todos os visitantes juntos."


@app.command("add")
def add(
    name: Name,
    origin: Annotated[list[str], typer.Option("--origin", "-o", help=ORIGIN)],
    greeting: Annotated[str, typer.Option("--greeting", help="Frase de abertura.")] = GREETING,
    consent: Annotated[str, typer.Option("--consent", help="Texto de consentimento.")] = CONSENT,
    tickets: Annotated[
        bool, typer.Option("--tickets/--no-tickets", help="Se visitantes abrem chamados.")
    ] = True,
    per_minute: Annotated[int, typer.Option("--per-minute", min=1, max=6000, help=PER_MINUTE)] = 60,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Autoriza um site e mostra a linha que vai nas páginas dele."""

    async def work(session: AsyncSession, settings: Settings) -> SiteReply:
        body = SiteBody(
            name=name,
            origins=origin,
            greeting=greeting,
            consent=consent,
            opens_tickets=tickets,
            asks_per_minute=per_minute,
        )
        await sites.add_site(session, SYSTEM, body)
        return await _reply(session, settings, name)

    _tell(_run(data_dir, work), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os sites."""

    async def work(session: AsyncSession, settings: Settings) -> list[SiteReply]:
        found = await sites.list_sites(session, SYSTEM)
        return [SiteReply.of(site, consent, link_base(settings)) for site, consent in found]

    found = _run(data_dir, work)
    if as_json:
        print_json({"sites": [site.model_dump(mode="json") for site in found]})
        return
    if not found:
        out().print("Nenhum site. Autorize um com “cogep site add NOME --origin ENDEREÇO”.")
        return
    shown = table("Nome", "Origens", "Situação", "Por minuto", "Chamados")
    for site in found:
        shown.add_row(
            one_line(site.name),
            ", ".join(site.origins),
            "ligado" if site.enabled else "desligado",
            str(site.asks_per_minute),
            "sim" if site.opens_tickets else "não",
        )
    out().print(shown)


@app.command("show")
def show(name: Name, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra um site e a linha que vai nas páginas dele."""
    _tell(
        _run(data_dir, lambda session, settings: _reply(session, settings, name)), as_json=as_json
    )


@app.command("change")
def change(
    name: Name,
    origin: Annotated[
        list[str] | None, typer.Option("--origin", "-o", help=f"{ORIGIN} Substitui a lista.")
    ] = None,
    greeting: Annotated[str | None, typer.Option("--greeting", help="Frase de abertura.")] = None,
    consent: Annotated[
        str | None, typer.Option("--consent", help="Texto de consentimento (nova versão).")
    ] = None,
    tickets: Annotated[
        bool | None, typer.Option("--tickets/--no-tickets", help="Se visitantes abrem chamados.")
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option("--per-minute", min=1, max=6000, help=PER_MINUTE)
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Muda o que for dito; o resto fica como está."""
    wanted = SiteChange(
        origins=origin or None,
        greeting=greeting,
        consent=consent,
        opens_tickets=tickets,
        asks_per_minute=per_minute,
    )
    _tell(_change(data_dir, name, wanted), as_json=as_json)


@app.command("disable")
def disable(name: Name, data_dir: DataDir = None) -> None:
    """Desliga um site; as conversas abertas nele param na hora."""
    _change(data_dir, name, SiteChange(enabled=False))
    out().print("O site foi desligado.")


@app.command("enable")
def enable(name: Name, data_dir: DataDir = None) -> None:
    """Religa um site."""
    _change(data_dir, name, SiteChange(enabled=True))
    out().print("O site foi religado.")


@app.command("remove")
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Remove um site; as conversas começadas nele terminam."""

    async def work(session: AsyncSession, _settings: Settings) -> None:
        site, _ = await sites.find_site_by_name(session, SYSTEM, name)
        await sites.remove_site(session, SYSTEM, site.id)

    _run(data_dir, work)
    out().print("O site foi removido.")


def _run(data_dir: Any, work: Callable[[AsyncSession, Settings], Awaitable[T]]) -> T:
    settings = settings_for(data_dir)

    async def in_transaction(database: Database) -> T:
        async with database.begin() as session:
            return await work(session, settings)

    return on_database(settings, in_transaction)


def _change(data_dir: Any, name: str, wanted: SiteChange) -> SiteReply:
    async def work(session: AsyncSession, settings: Settings) -> SiteReply:
        site, _ = await sites.find_site_by_name(session, SYSTEM, name)
        await sites.change_site(session, SYSTEM, site.id, wanted)
        return await _reply(session, settings, name)

    return _run(data_dir, work)


async def _reply(session: AsyncSession, settings: Settings, name: str) -> SiteReply:
    site, consent = await sites.find_site_by_name(session, SYSTEM, name)
    return SiteReply.of(site, consent, link_base(settings))


def _tell(site: SiteReply, *, as_json: bool) -> None:
    if as_json:
        print_json(site.model_dump(mode="json"))
        return
    err().print("Ponha esta linha nas páginas do site, antes de </body>:", markup=False)
    out().print(site.script, markup=False, soft_wrap=True)
