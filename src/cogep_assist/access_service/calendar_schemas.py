"""Calendar feeds as they come in and go out over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cogep_assist.core.models import CalendarFeed, FeedKind


class FeedBody(BaseModel):
    """A new feed; ``team_id`` where it is a team's."""

    model_config = ConfigDict(extra="forbid")

    kind: FeedKind
    team_id: UUID | None = None


class FeedReply(BaseModel):
    """A feed. ``url`` is told when it is made, and never again."""

    id: UUID
    kind: FeedKind
    team_id: UUID | None
    team: str | None
    last_used_at: datetime | None
    created_at: datetime
    url: str | None = None

    @classmethod
    def of(cls, feed: CalendarFeed, team: str | None, url: str | None = None) -> Self:
        """Describe a feed."""
        kept = set(cls.model_fields) - {"team", "url"}
        return cls(**{name: getattr(feed, name) for name in kept}, team=team, url=url)


class FeedList(BaseModel):
    """One's own feeds, the oldest first."""

    items: list[FeedReply]
