"""Statistics that leave the desk show no group of too few people (art. 12; k-anonymity)."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport

NOTE = (
    "{count} grupos com menos de {k} pessoas foram suprimidos. Cruzado com outras fontes, um grupo "
    "pequeno ainda pode revelar alguém: não some nem subtraia relatórios para achá-los."
)


@dataclass(frozen=True, slots=True)
class SafeReport:
    """A report without its small groups, and how many those were."""

    report: DeskReport
    k: int
    suppressed: int

    @property
    def note(self) -> str:
        """What the reader is told; "" where nothing was left out."""
        return NOTE.format(count=self.suppressed, k=self.k) if self.suppressed else ""


def without_small_groups(report: DeskReport, k: int) -> SafeReport:
    """Leave out each group of fewer than ``k`` people who opened tickets."""
    kept = [line for line in report.lines if line.people >= k]
    suppressed = len(report.lines) - len(kept)
    return SafeReport(report.model_copy(update={"lines": kept}), k, suppressed)


async def note_export(session: AsyncSession, principal: Principal, safe: SafeReport) -> None:
    """Write down what was exported, with which k and how much was left out."""
    details = {
        "by": safe.report.by,
        "k": safe.k,
        "groups": len(safe.report.lines),
        "suppressed": safe.suppressed,
    }
    await audit.record(session, principal, "statistics_exported", "desk_report", "-", details)
