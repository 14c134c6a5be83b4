"""``cogep lgpd erase``: plan, confirm by the protocol, resume, scrub, look for what is left."""

from dataclasses import asdict
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_subject import Asked, Cpf, Email, Name, Person, Phone, Who, acting
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.owned_database import owned_database
from cogep_assist.core import secret_key
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Erasure, ErasureOutcome, ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.erasure_blobs import FileReadings
from cogep_assist.lgpd_service.erasure.erasure_files import scan_data_folder
from cogep_assist.lgpd_service.erasure.erasure_plan import SHARED_KINDS, WARNINGS
from cogep_assist.lgpd_service.erasure.erasure_residue import find_residue, kept_mentions
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure, unfinished_erasures
from cogep_assist.lgpd_service.erasure.erasure_schemas import DoubtList, ErasureReply
from cogep_assist.lgpd_service.erasure.erasure_scrub import keeper_of, scrub_database
from cogep_assist.lgpd_service.erasure.erasures import (
    cancel_erasure,
    confirm_erasure,
    decide_doubts,
    list_doubts,
    list_erasures,
    plan_erasure,
)
from cogep_assist.lgpd_service.subject_data.identity import Doubt
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

app = typer.Typer(help="Elimina os dados de um titular, com prova.", no_args_is_help=True)

Protocol = Annotated[str, typer.Argument(metavar="PROTOCOLO", help="Protocolo da eliminação.")]
Numbers = Annotated[
    list[int] | None, typer.Option(metavar="Nº", help="Número da grafia; pode repetir.")
]
Scrub = Annotated[
    bool, typer.Option("--scrub", help="Reescreve também os arquivos do banco; para o serviço.")
]
OUTCOMES = {
    ErasureOutcome.ELIMINATE: "eliminar",
    ErasureOutcome.REFUSE: "indeferir, com fundamento",
    ErasureOutcome.BLOCK_HELD: "bloquear: há guarda legal",
    ErasureOutcome.BLOCK_ARCHIVE: "bloquear até o fim da temporalidade",
    ErasureOutcome.BLOCK_ASKED: "bloquear, a pedido do titular",
}
STATUS = {
    ErasureStatus.PLANNED: "planejada",
    ErasureStatus.CONFIRMED: "confirmada",
    ErasureStatus.EXECUTING: "em execução",
    ErasureStatus.EXECUTED: "executada, em conferência",
    ErasureStatus.COMPLETED: "concluída",
    ErasureStatus.CANCELLED: "cancelada",
}
FATES = {
    "eliminate": "eliminar",
    "anonymize": "anonimizar",
    "keep": "conservar",
    "redact": "tarjar",
    "rebuild": "refazer",
}


@app.command("plan")
def plan(
    customer: Who = None,
    cpf: Cpf = None,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra o que a eliminação faria, tabela por tabela; nada muda."""
    asked = Asked(customer, cpf, name, email, phone)

    async def work(database: Database) -> Erasure:
        async with database.begin() as session:
            who = await acting(session, person)
            return await plan_erasure(session, who, await asked.subject(session))

    _tell(on_database(settings_for(data_dir), work), as_json=as_json)


@app.command("doubts")
def doubts(
    protocol: Protocol,
    erase: Numbers = None,
    keep: Numbers = None,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra as grafias em dúvida de um plano e decide quais saem; as outras ficam."""

    async def work(database: Database) -> tuple[Doubt, ...]:
        async with database.begin() as session:
            found = await _by_protocol(session, protocol)
            who = await acting(session, person)
            decisions = dict.fromkeys(keep or (), False) | dict.fromkeys(erase or (), True)
            if decisions:
                return await decide_doubts(session, who, found.id, decisions)
            return await list_doubts(session, who, found.id)

    told = on_database(settings_for(data_dir), work)
    if as_json:
        print_json(DoubtList.of(told).model_dump(mode="json"))
        return
    shown = table("Nº", "Grafia", "No texto", "Decisão", whole=2)
    for one in told:
        decision = "por decidir" if one.erase is None else "tirar" if one.erase else "manter"
        shown.add_row(str(one.number), one_line(one.surface), one_line(one.context), decision)
    out().print(shown if told else "Nenhuma grafia em dúvida.")


@app.command("confirm")
def confirm(
    protocol: Protocol,
    scrub: Scrub = False,
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Confirma um plano pelo protocolo e o leva até o certificado. Não tem volta."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> Erasure:
        async with database.begin() as session:
            found = await _by_protocol(session, protocol)
            who = await acting(session, person)
            confirmed = await confirm_erasure(session, who, found.id, protocol)
        if confirmed.status is ErasureStatus.CONFIRMED:
            await run_erasure(database, settings.data_dir, confirmed.id)
        async with database.begin() as session:
            return await session.get_one(Erasure, confirmed.id, populate_existing=True)

    done = on_database(settings, work)
    _tell(done, as_json=as_json)
    if scrub and done.outcome is ErasureOutcome.ELIMINATE:
        scrub_(data_dir=data_dir, as_json=as_json)


@app.command("resume")
def resume(data_dir: DataDir = None) -> None:
    """Retoma as eliminações confirmadas que não chegaram ao fim."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[ErasureStatus]:
        async with database.begin() as session:
            waiting = await unfinished_erasures(session)
        return [await run_erasure(database, settings.data_dir, one) for one in waiting]

    ended = on_database(settings, work)
    if not ended:
        out().print("Nenhuma está por terminar.")
        return
    done = ended.count(ErasureStatus.COMPLETED)
    out().print(f"{done} eliminações levadas ao fim.")
    if done < len(ended):
        out().print(
            f"{len(ended) - done} esperam uma operação longa que já estava em curso, como uma cópia"
            " de segurança; terminam sozinhas depois dela, ou com este comando."
        )


@app.command("cancel")
def cancel(protocol: Protocol, person: Person = None, data_dir: DataDir = None) -> None:
    """Desiste de um plano que não foi confirmado."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            found = await _by_protocol(session, protocol)
            await cancel_erasure(session, await acting(session, person), found.id)

    on_database(settings_for(data_dir), work)
    out().print("O plano foi cancelado.")


@app.command("show")
def show(protocol: Protocol, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra o plano, o andamento e o certificado de uma eliminação."""

    async def work(database: Database) -> Erasure:
        async with database.begin() as session:
            return await _by_protocol(session, protocol)

    _tell(on_database(settings_for(data_dir), work), as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as eliminações, da mais nova à mais antiga."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[Erasure]:
        async with database.begin() as session:
            return list(await list_erasures(session, SYSTEM))

    found = on_database(settings, work)
    if as_json:
        print_json({"erasures": [_as_json(one) for one in found]})
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("Protocolo", "Resultado", "Estado", "Pedida em", whole=1)
    for one in found:
        shown.add_row(
            one.protocol, OUTCOMES[one.outcome], STATUS[one.status], moment(one.created_at, zone)
        )
    out().print(shown if found else "Nenhuma eliminação.")


@app.command("scan")
def scan(
    customer: Who = None,
    cpf: Cpf = None,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    files: Annotated[
        bool, typer.Option("--data-files", help="Procura também nos bytes dos arquivos do banco.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Procura um titular em todas as tabelas, mensagens e arquivos; sai com 1 se achar."""
    settings = settings_for(data_dir)
    asked = Asked(customer, cpf, name, email, phone)

    async def work(database: Database) -> dict[str, Any]:
        async with database.begin() as session:
            subject = await asked.subject(session)
        patterns = SubjectPatterns(subject.values)
        readings = FileReadings(patterns)
        await readings.read_ahead(database)
        async with database.begin() as session:
            tables = await find_residue(session, subject, readings)
            kept = await kept_mentions(session, subject)
        found = scan_data_folder(settings.data_dir, patterns, database=files)
        return {"tables": tables, "kept": kept, "files": found.found, "bytes": found.bytes}

    told = on_database(settings, work)
    if as_json:
        print_json(told)
    else:
        for where in (*told["tables"].items(), *((path, 1) for path in told["files"])):
            out().print(f"{where[0]}: {where[1]}", markup=False)
        left = bool(told["tables"] or told["files"])
        out().print("Há dados do titular." if left else "Nada foi encontrado.")
    if told["tables"] or told["files"]:
        raise typer.Exit(1)


@app.command("scrub")
def scrub_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Reescreve tabelas, índices, estatísticas e diário do banco, para limpar os próprios bytes."""
    settings = settings_for(data_dir)
    secret_key.load(settings)
    with owned_database(settings) as target:
        done = scrub_database(keeper_of(target))
    if as_json:
        print_json(asdict(done))
        return
    out().print(f"{done.tables} tabelas reescritas.")
    if done.refused:
        refused = "; ".join(done.refused)
        out().print(f"O servidor não permitiu: {refused}. Peça ao administrador dele.")


async def _by_protocol(session: Any, protocol: str) -> Erasure:
    found: Erasure | None = await session.scalar(
        sa.select(Erasure).where(Erasure.protocol == "".join(protocol.split()).upper())
    )
    if found is None:
        raise AppError("erasure_not_found")
    return found


def _as_json(erasure: Erasure) -> dict[str, Any]:
    told: dict[str, Any] = ErasureReply.of(erasure).model_dump(mode="json")
    return told


def _tell(erasure: Erasure, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(erasure))
        return
    told = erasure.plan
    out().print(f"{erasure.protocol}: {OUTCOMES[erasure.outcome]} ({STATUS[erasure.status]})")
    out().print(f"Fundamento: {told.get('ground', '')}", markup=False)
    shown = table("Onde", "O quê", "Linhas", "Fundamento", whole=1)
    for line in told.get("tables", []):
        shown.add_row(
            line["title"], FATES[line["fate"]], str(line["rows"]), one_line(line["ground"])
        )
    out().print(shown)
    for code in told.get("warnings", []):
        out().print(f"Atenção: {WARNINGS[code]}", markup=False)
    for other in told.get("shared_with", []):
        kinds = ", ".join(SHARED_KINDS[kind] for kind in other["kinds"])
        out().print(f"  cadastro {other['customer_id']}: mesmo {kinds}", markup=False)
    if told.get("backups_until"):
        out().print(f"Cópias de segurança ainda guardam os dados até {told['backups_until']}.")
    if erasure.status is ErasureStatus.PLANNED:
        if told.get("doubts"):
            out().print(f"{told['doubts']} grafias a decidir: cogep lgpd erase doubts", end=" ")
            out().print(erasure.protocol)
        out().print(f"Para confirmar: cogep lgpd erase confirm {erasure.protocol}")
    elif erasure.certificate is not None:
        key = erasure.certificate["signature"]["key_id"]
        out().print(f"Certificado assinado com a chave {key}; veja-o com --json.")
