"""What a verification of the audit found, in words."""

from collections.abc import Sequence
from uuid import UUID

from cogep_assist.cli.console import out
from cogep_assist.core.audit_report import VerifyReport

# Ids are what a search in the table starts from; a whole list of them is for --json.
SHOWN = 20


def tell_report(report: VerifyReport) -> None:
    """Say what was looked at, then everything that is not as it was written."""
    say = out().print
    say(f"{report.checked} atos conferidos, {report.waiting} ainda por selar.", markup=False)
    if report.other_key:
        say(
            f"{report.other_key} foram escritos com outra chave: só a corrente os protege; "
            "instalações que dividem um banco devem dividir COGEP_SECRET_KEY.",
            markup=False,
        )
    if report.newest_of_another_key:
        say(
            "O último elo foi assinado com outra chave-mestra e não pode ser conferido aqui. Se "
            "ela foi trocada, o próximo ato é selado com a nova.",
            markup=False,
        )
    _list("alterados depois de escritos", report.altered)
    _list("alterados antes de serem selados", report.refused)
    _list("apagados", report.missing)
    _list("incluídos por fora do programa", report.unsealed)
    _list("elos alterados, trocados ou refeitos", report.broken)
    _tell_checkpoints(report)
    if report.intact:
        say("Nenhum foi alterado, apagado, incluído ou trocado de ordem.")
    else:
        say("Compare com a última cópia: “cogep restore” em outra pasta de dados.")


def _tell_checkpoints(report: VerifyReport) -> None:
    say = out().print
    for checkpoint in report.checkpoints:
        if not checkpoint.genuine:
            say(f"{checkpoint.name}: não foi assinado por esta instalação.", markup=False)
        elif checkpoint.restored_at is not None:
            say(
                f"{checkpoint.name}: a corrente não tem mais o elo {checkpoint.number} porque uma "
                f"cópia foi restaurada em {checkpoint.restored_at}, o que a auditoria registra.",
                markup=False,
            )
        elif not checkpoint.in_chain:
            say(
                f"{checkpoint.name}: a corrente não tem mais o elo {checkpoint.number}, "
                f"que ia até o ato {checkpoint.position}.",
                markup=False,
            )
    if report.cut:
        say(f"Ao menos {report.cut} atos foram cortados do fim.", markup=False)
    if not report.checkpoints:
        say(
            "Nenhum ponto de controle fora do banco: um corte no fim não seria visto. Guarde um "
            "com “cogep audit checkpoint -o ARQUIVO”.",
            markup=False,
        )


def _list(what: str, found: Sequence[UUID | int]) -> None:
    if not found:
        return
    out().print(f"{len(found)} {what}:", markup=False)
    for one in found[:SHOWN]:
        out().print(f"  {one}", markup=False)
    if len(found) > SHOWN:
        out().print(f"  … e mais {len(found) - SHOWN}; “--json” mostra todos.", markup=False)
