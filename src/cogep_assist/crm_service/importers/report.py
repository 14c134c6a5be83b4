"""How a batch, or a trial of one, came out: counts, and what is to be said of single records."""

from collections import Counter
from dataclasses import dataclass, field

from cogep_assist.core.models import RecordKind, RecordOutcome
from cogep_assist.crm_service.importers.mapping import Survey

MAX_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One record of which something is to be said: its number over there, and the codes."""

    kind: str
    external_id: str
    outcome: str
    problems: list[str]


@dataclass(slots=True)
class Report:
    """How a batch, or a trial of one, came out."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    survey: Survey = field(default_factory=Survey)
    unmapped: list[str] = field(default_factory=list)

    def tell(self, kind: RecordKind, external_id: str, outcome: str, problems: list[str]) -> None:
        """Count a record, and keep it where there is something to say of it."""
        self.counts[f"{kind.value}_{outcome}"] += 1
        if (problems or outcome == RecordOutcome.REFUSED.value) and len(self.told) < MAX_SHOWN:
            self.told.append(Told(kind.value, external_id, outcome, problems))

    def add(self, other: "Report") -> None:
        """Take in what a slice that was committed says."""
        # What counts nothing is not told.
        self.counts.update(+other.counts)
        self.told += other.told[: MAX_SHOWN - len(self.told)]
