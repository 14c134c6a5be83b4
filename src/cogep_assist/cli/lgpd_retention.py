"""``cogep lgpd retention``: how long data are kept, what would go, what went."""

from typing import Annotated, Any
from uuid import UUID

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_subject import Person, acting
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.db import Database
from cogep_assist.core.models import RetentionRun, RetentionRunStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.erasure_schemas import RunReply
from cogep_assist.lgpd_service.keeping.retention import (
    approve_run,
    list_rules,
    list_runs,
    reject_run,
    run_retention,
    set_rule,
    simulate,
)

app = typer.Typer(help="Define prazos, simula e executa.", no_args_is_help=True)

Run = Annotated[UUID, typer.Argument(metavar="EXECUÇÃO", help="Identificador da execução.")]
FATES = {"eliminate": "eliminar", "anonymize": "anonimizar"}
STAYS = {"legal_hold": "guarda legal", "keeping": "fundamento de conservação"}
STATUS = {
    RetentionRunStatus.PROPOSED: "proposta",
    RetentionRunStatus.APPROVED: "aprovada por uma pessoa",
    RetentionRunStatus.EXECUTED: "executada",
    RetentionRunStatus.REJECTED: "recusada",
}


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as classes de dados e seus prazos."""

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.begin() as session:
            return await list_rules(session, SYSTEM)

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"rules": found})
        return
    shown = table("Classe", "Dias", "Vale", "Desde", "Destino", "Ligado", "Referência", whole=1)
    for one in found:
        switched = "sim" if one["enabled"] else "não"
        in_force = "não" if one["in_force_days"] is None else f"{one['in_force_days']}"
        cells = (str(one["days"]), in_force, one["event"], FATES[one["fate"]], switched)
        shown.add_row(one["data_class"], *cells, one_line(one["reference"]))
    out().print(shown)
    for one in found:
        _tell_setting(one)


@app.command("set")
def set_(
    data_class: Annotated[str, typer.Argument(metavar="CLASSE", help="Veja em “list”.")],
    days: Annotated[int, typer.Option("--days", min=1, max=36500, help="Prazo em dias.")],
    on: Annotated[bool, typer.Option("--on/--off", help="Liga ou desliga a rotina.")] = True,
    reference: Annotated[str | None, typer.Option("--reference", help="Referência legal.")] = None,
    person: Person = None,
    data_dir: DataDir = None,
) -> None:
    """Define o prazo de uma classe."""

    async def work(database: Database) -> dict[str, Any]:
        async with database.begin() as session:
            who = await acting(session, person)
            return await set_rule(
                session, who, data_class, days=days, enabled=on, reference=reference
            )

    made = on_database(settings_for(data_dir), work)
    out().print(f"Prazo de {data_class}: {days} dias.", markup=False)
    _tell_setting(made)


@app.command("simulate")
def simulate_(
    days: Annotated[int, typer.Option("--days", min=0, max=3650, help="Dias à frente.")] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Diz o que some em tantos dias, e o que fica e por quê; nada muda."""

    async def work(database: Database) -> list[dict[str, Any]]:
        async with database.begin() as session:
            return await simulate(session, SYSTEM, days)

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"days": days, "classes": found})
        return
    shown = table("Classe", "Somem", "Ficam", "Ligado", whole=1)
    for one in found:
        stays = ", ".join(f"{count} por {STAYS[why]}" for why, count in one["stays"].items())
        switched = "sim" if one["enabled"] else "não"
        shown.add_row(one["title"], str(one["records"]), stays or "-", switched)
    out().print(f"Em {days} dias:")
    out().print(shown)


@app.command("run")
def run(data_dir: DataDir = None) -> None:
    """Faz agora o que a rotina da noite faz: propõe e executa o que não pede segunda pessoa."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await run_retention(session, "")

    on_database(settings_for(data_dir), work)
    runs(data_dir=data_dir)


@app.command("runs")
def runs(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as execuções dos prazos."""

    async def work(database: Database) -> list[RetentionRun]:
        async with database.begin() as session:
            return list(await list_runs(session, SYSTEM))

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"runs": [RunReply.of(one).model_dump(mode="json") for one in found]})
        return
    shown = table("ID", "Classe", "Anterior a", "Registros", "Estado", whole=1)
    for one in found:
        cells = (one.data_class, one.before.isoformat(), str(one.records), STATUS[one.status])
        shown.add_row(str(one.id), *cells)
    out().print(shown if found else "Nenhuma execução.")


@app.command("approve")
def approve(run_id: Run, person: Person = None, data_dir: DataDir = None) -> None:
    """Aprova uma execução; com muitos registros, são duas pessoas."""

    async def work(database: Database) -> RetentionRun:
        async with database.begin() as session:
            return await approve_run(session, await acting(session, person), run_id)

    done = on_database(settings_for(data_dir), work)
    out().print(f"A execução está {STATUS[done.status]}.")


@app.command("reject")
def reject(run_id: Run, person: Person = None, data_dir: DataDir = None) -> None:
    """Recusa uma execução."""

    async def work(database: Database) -> RetentionRun:
        async with database.begin() as session:
            return await reject_run(session, await acting(session, person), run_id)

    on_database(settings_for(data_dir), work)
    out().print("A execução foi recusada.")


def _tell_setting(rule: dict[str, Any]) -> None:
    """Say where the server lets data go before a rule does, or without one."""
    if rule["setting"] and rule["in_force_days"] != (rule["days"] if rule["enabled"] else None):
        out().print(
            f"{rule['data_class']}: saem depois de {rule['in_force_days']} dias, por "
            f"{rule['setting']}={rule['setting_days']}. A regra só encurta esse prazo.",
            markup=False,
        )
