"""What a search is narrowed to, as people and clients say it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.media_type import ACCEPTED, EXTENSIONS
from cogep_assist.retrieval.hit import SearchFilters

MOST_VALUES = 50


def search_filters(
    *,
    media_types: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    document_ids: Sequence[UUID] = (),
    timezone: str,
) -> SearchFilters:
    """Return the conditions on documents: their type, the days they came in, or which they are.

    ``since`` and ``until`` are days of people, both included. Raises
    AppError("search_type_unknown"|"search_days_backwards").
    """
    if since is not None and until is not None and until < since:
        raise AppError("search_days_backwards", since=since.isoformat(), until=until.isoformat())
    zone = ZoneInfo(timezone)
    return SearchFilters(
        media_types=tuple(dict.fromkeys(_media_type(name) for name in media_types)),
        created_after=_begin(since, zone),
        created_before=_begin(until + timedelta(days=1), zone) if until else None,
        document_ids=tuple(document_ids),
    )


def _media_type(name: str) -> str:
    """Return a media type by itself or by a file's ending, such as "pdf"."""
    plain = name.strip().lower()
    known = EXTENSIONS.get(f".{plain.removeprefix('.')}", plain)
    if known not in ACCEPTED:
        endings = ", ".join(sorted({ending.removeprefix(".") for ending in EXTENSIONS}))
        raise AppError("search_type_unknown", name=plain[:60], known=endings)
    return known


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, zone)
