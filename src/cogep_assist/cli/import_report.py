"""What ``cogep import`` says, for people and for programs."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from cogep_assist.cli.console import one_line, out, safe, table
from cogep_assist.cli.import_documents import DocumentsDone
from cogep_assist.cli.import_exports import Done
from cogep_assist.cli.moments import moment
from cogep_assist.core.models import ImportBatch, PastSystem, RecordKind, RecordOutcome
from cogep_assist.crm_service.importers.labels import (
    COUNTS,
    KIND,
    OUTCOME,
    STATUS,
    SYSTEM,
    broken_words,
    problem_words,
)
from cogep_assist.crm_service.importers.rollback import TakenBack

SHOWN = 50


def print_done(done: Done) -> None:
    """Say what came over, what was refused and why, and how to take it back."""
    survey = done.report.survey
    system = SYSTEM[done.wanted.system]
    out().print(
        f"{system}: {survey.people} cliente(s), {survey.tickets} chamado(s), "
        f"{survey.entries} mensagem(ns) e {survey.files} anexo(s) na exportação.",
        markup=False,
    )
    did = "Prévia (nada foi gravado)" if done.wanted.dry_run else f"Lote {done.batch_id}"
    out().print(f"{did}:", markup=False)
    for name, words in COUNTS.items():
        if done.report.counts.get(name):
            out().print(f"  {words}: {done.report.counts[name]}", markup=False)
    _print_told(done)
    _print_broken(done)
    if done.report.unmapped:
        out().print(Text(one_line("Falta mapear: " + "; ".join(done.report.unmapped), 2000)))
    if done.template is not None:
        out().print(f"Modelo de mapeamento gravado em {done.template}.", markup=False)
    elif done.report.unmapped:
        out().print("Use --map ARQUIVO para gravar um modelo de mapeamento e preenchê-lo.")
    if done.wanted.system is PastSystem.MAIL and not done.mapping.own_addresses:
        out().print("Só o endereço de COGEP_MAIL_INBOX conta como do atendimento; diga outros em")
        out().print("“own_addresses”, no arquivo de --map.")
    if done.batch_id is not None:
        out().print(f"Para desfazer: cogep import rollback {done.batch_id}", markup=False)


def done_json(done: Done) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "id": None if done.batch_id is None else str(done.batch_id),
        "system": done.wanted.system.value,
        "origin": done.origin,
        "dry_run": done.wanted.dry_run,
        "counts": dict(done.report.counts),
        "found": done.report.survey.template(done.wanted.system, done.mapping),
        "unmapped": done.report.unmapped,
        "records": [
            {
                "kind": one.kind,
                "external_id": one.external_id,
                "outcome": one.outcome,
                "problems": one.problems,
            }
            for one in done.report.told
        ],
        "unreadable": [{"place": one.place, "code": one.code} for one in done.broken],
    }


def print_documents(done: DocumentsDone) -> None:
    """Say which documents were sent, which were there, and how to take them back."""
    did = "Prévia (nada foi enviado)" if done.wanted.dry_run else f"Lote {done.batch_id}"
    out().print(f"{did}, na coleção {done.collection}:", markup=False)
    for name, words in COUNTS.items():
        if done.counts.get(name):
            out().print(f"  {words}: {done.counts[name]}", markup=False)
    reasons = [*done.refused, *done.skipped.items()]
    if reasons:
        shown = table("Arquivo ou endereço", "Por que ficou de fora")
        for name, reason in reasons[:SHOWN]:
            shown.add_row(Text(one_line(name, 120)), Text(one_line(reason, 120)))
        out().print(shown)
    if done.batch_id is not None:
        out().print("A leitura segue na fila: acompanhe com “cogep jobs”.")
        out().print(f"Para desfazer: cogep import rollback {done.batch_id}", markup=False)


def documents_json(done: DocumentsDone) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "id": None if done.batch_id is None else str(done.batch_id),
        "system": done.wanted.system.value,
        "collection": done.collection,
        "dry_run": done.wanted.dry_run,
        "counts": dict(done.counts),
        "refused": [{"name": name, "code": code} for name, code in done.refused],
        "skipped": done.skipped,
    }


def print_batches(batches: Sequence[ImportBatch], zone: ZoneInfo) -> None:
    """List batches, newest first."""
    shown = table(
        "Lote", "Sistema", "Exportação", "Situação", "Clientes", "Chamados", "Início", whole=1
    )
    for batch in batches:
        counts = batch.counts
        shown.add_row(
            str(batch.id),
            SYSTEM[batch.system],
            Text(one_line(batch.source, 60)),
            STATUS[batch.status],
            str(counts.get("customer_created", 0)),
            str(counts.get("ticket_created", 0) + counts.get("document_created", 0)),
            moment(batch.created_at, zone),
        )
    out().print(shown)


def batch_json(batch: ImportBatch) -> dict[str, Any]:
    """Return a batch for programs."""
    return {
        "id": str(batch.id),
        "system": batch.system.value,
        "origin": batch.origin,
        "status": batch.status.value,
        "source": batch.source,
        "counts": batch.counts,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at and batch.finished_at.isoformat(),
        "rolled_back_at": batch.rolled_back_at and batch.rolled_back_at.isoformat(),
    }


def print_taken_back(taken: TakenBack) -> None:
    """Say what went and what stayed."""
    gone = f"{taken.tickets} chamado(s) e {taken.customers} cliente(s)"
    if taken.documents:
        gone = f"{taken.documents} documento(s)"
    out().print(f"Lote desfeito: {gone} saíram.", markup=False)
    for one in taken.kept[:SHOWN]:
        out().print(Text(f"Ficou, porque alguém mexeu: {safe(one['name'])}"))


def _print_told(done: Done) -> None:
    if not done.report.told:
        return
    shown = table("Registro", "Número lá", "O que houve", "Motivo")
    for one in done.report.told[:SHOWN]:
        reasons = "; ".join(problem_words(code) for code in one.problems)
        shown.add_row(
            KIND[RecordKind(one.kind)],
            Text(one_line(one.external_id, 60)),
            OUTCOME[RecordOutcome(one.outcome)],
            Text(one_line(reasons, 300)),
        )
    out().print(shown)
    if len(done.report.told) > SHOWN:
        out().print(f"E mais {len(done.report.told) - SHOWN}; veja todos com --json.")


def _print_broken(done: Done) -> None:
    if not done.broken:
        return
    shown = table("Onde", "O que não foi lido")
    for one in done.broken[:SHOWN]:
        shown.add_row(Text(one_line(one.place, 120)), broken_words(one.code))
    out().print(shown)
    if len(done.broken) > SHOWN:
        out().print(f"E mais {len(done.broken) - SHOWN}; veja todos com --json.")
