"""Statistics that leave the desk show no group of too few people (art. 12; k-anonymity)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport

NOTE = (
    "k = {k}. {count} grupos com menos de {k} pessoas foram suprimidos, e médias de menos de {k} "
    "avaliações. Colunas: {columns}. Cruzado com outras fontes, um grupo pequeno ainda pode "
    "revelar alguém: não some nem subtraia relatórios para achá-los (LGPD, art. 12)."
)


@dataclass(frozen=True, slots=True)
class SafeReport:
    """A report without its small groups, and how many those were."""

    report: DeskReport
    k: int
    suppressed: int

    def note(self, columns: Iterable[str]) -> str:
        """Return what the reader is told, whatever was left out."""
        return NOTE.format(count=self.suppressed, k=self.k, columns=", ".join(columns))


def without_small_groups(report: DeskReport, k: int) -> SafeReport:
    """Leave out each group of fewer than ``k`` people who opened tickets.

    Where those left out are together fewer than ``k``, the smallest other group goes with them:
    another report's total minus the lines of this one would else give them back. So few ratings
    that their mean is somebody's own have none.
    """
    kept = [line for line in report.lines if line.people >= k]
    hidden = sum(line.people for line in report.lines if line.people < k)
    if 0 < hidden < k and kept:
        kept.remove(min(kept, key=lambda line: line.people))
    lines = [
        line if line.ratings >= k else line.model_copy(update={"rating_mean": None})
        for line in kept
    ]
    suppressed = len(report.lines) - len(lines)
    return SafeReport(report.model_copy(update={"lines": lines}), k, suppressed)


async def note_export(
    session: AsyncSession, principal: Principal, safe: SafeReport, columns: Iterable[str]
) -> None:
    """Write down what was exported, with which k and how much was left out."""
    details = {
        "by": safe.report.by,
        "k": safe.k,
        "groups": len(safe.report.lines),
        "suppressed": safe.suppressed,
        "columns": list(columns),
    }
    await audit.record(session, principal, "statistics_exported", "desk_report", "-", details)
