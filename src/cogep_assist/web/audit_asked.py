"""What somebody asks of the audit's page: read from its address, and said again in addresses."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Query

from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.audit.audit_acts import ActFilter

Words = Annotated[str, Query(max_length=200)]
Day = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """The filters as they were typed; an empty one leaves its field open."""

    quem: Words = ""
    titular: Words = ""
    ato: Words = ""
    sobre: Words = ""
    de: Day = ""
    ate: Day = ""

    @property
    def query(self) -> str:
        """The filters that say something, as an address carries them."""
        return urlencode({name: value for name, value in self.typed.items() if value})

    @property
    def typed(self) -> Mapping[str, str]:
        """Every filter by its field."""
        return {name: value.strip() for name, value in asdict(self).items()}

    def with_(self, **filters: str) -> "AuditAsked":
        """Return the same with some filters set otherwise."""
        return replace(self, **filters)

    def wanted(self, zone: ZoneInfo) -> ActFilter:
        """Return what is looked up: whole local days. Raises AppError("request_invalid")."""
        typed = self.typed
        since, until = _day("de", typed["de"]), _day("ate", typed["ate"])
        if since and until and until < since:
            raise invalid_field("ate", "não pode vir antes do primeiro dia")
        return ActFilter(
            actor=typed["quem"] or None,
            subject=typed["titular"] or None,
            act=typed["ato"] or None,
            object_id=typed["sobre"] or None,
            since=_midnight(since, zone),
            until=_midnight(until and until + timedelta(days=1), zone),
        )


def _day(field: str, text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise invalid_field(field, "deve ser uma data") from None
    if found is not None and not 2000 <= found.year <= 2199:
        raise invalid_field(field, "deve ser uma data entre 2000 e 2199")
    return found


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
