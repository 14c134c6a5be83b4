"""Compare what a source holds with what is known of it: what to read, what has gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cogep_assist.core.models import SourceItem
from cogep_assist.ingestion_service.sitemap import Listing

GONE_CODES = frozenset({"http_not_found", "http_gone"})


@dataclass(slots=True)
class VisitPlan:
    """Names by what a visit does about them."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    # Retired because their address was gone, and listed or followed still.
    gone: list[str] = field(default_factory=list)

    @property
    def to_read(self) -> list[str]:
        """Names that are submitted."""
        return [*self.added, *self.updated]

    def counts(self, listing: Listing) -> dict[str, int]:
        """Return how many there are of each; "gone" only where there are some."""
        gone = {"gone": len(self.gone)} if self.gone else {}
        return {
            "added": len(self.added),
            "updated": len(self.updated),
            "unchanged": len(self.unchanged),
            "running": len(self.running),
            "missing": len(self.missing),
            "excluded": len(self.excluded),
            "skipped": len(listing.skipped),
            **gone,
        }


def plan_visit(listing: Listing, items: Mapping[str, SourceItem]) -> VisitPlan:
    """Decide for every name; what is absent from an incomplete listing is not missing."""
    plan = VisitPlan()
    for name, mark in listing.marks.items():
        item = items.get(name)
        if item is not None and item.retired_at is not None and item.error_code in GONE_CODES:
            plan.gone.append(name)
        elif item is None or item.retired_at is not None:
            plan.added.append(name)
        elif item.excluded_at is not None:
            plan.excluded.append(name)
        elif item.job_id is not None:
            plan.running.append(name)
        elif mark is None or mark != item.mark or item.error_code:
            # Without a mark the server is asked, which costs nothing where nothing changed.
            plan.updated.append(name)
        else:
            plan.unchanged.append(name)
    if listing.complete:
        plan.missing = [
            name
            for name, item in items.items()
            if name not in listing.marks and item.retired_at is None and item.excluded_at is None
        ]
    return plan
