"""Webhooks as they come in and go out over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.events import EVENTS
from cogep_assist.core.models import (
    OutboxAttempt,
    OutboxMessage,
    OutboxStatus,
    Webhook,
    WebhookStatus,
)
from cogep_assist.core.outbox import open_payload, reply_body_of

Name = Annotated[str, Field(min_length=1, max_length=80)]
Address = Annotated[str, Field(min_length=1, max_length=4096)]
Names = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=60)]
Filters = Annotated[
    dict[
        Annotated[str, Field(max_length=60)],
        Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=50)],
    ],
    Field(max_length=10, description='Por exemplo {"priority": ["high", "urgent"]}.'),
]


class WebhookBody(BaseModel):
    """A new subscription."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    url: Address
    events: Annotated[Names, Field(min_length=1)]
    filters: Filters = Field(default_factory=dict)
    fields: Names = Field(default_factory=list)


class WebhookChange(BaseModel):
    """What is to change; what is not named stays. Another address is challenged anew."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    url: Address | None = None
    events: Annotated[Names, Field(min_length=1)] | None = None
    filters: Filters | None = None
    fields: Names | None = None
    enabled: bool | None = None


class RotationBody(BaseModel):
    """How long the secret before stays good."""

    model_config = ConfigDict(extra="forbid")

    keep_hours: Annotated[int, Field(ge=0, le=168)] = 24


class WebhookReply(BaseModel):
    """A subscription. ``secret`` is told when it is made or replaced, and never again."""

    id: UUID
    name: str
    target: str
    events: list[str]
    filters: dict[str, list[str]]
    fields: list[str]
    status: WebhookStatus
    failures: int
    last_error: str | None
    previous_secret_until: datetime | None
    verified_at: datetime | None
    paused_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime
    secret: str | None = None
    links: dict[str, str]

    @classmethod
    def of(cls, webhook: Webhook, secret: str | None = None) -> Self:
        """Describe a webhook; of its address, only where it leads."""
        kept = set(cls.model_fields) - {"secret", "links"}
        links = {
            "self": f"/webhooks/{webhook.id}",
            "deliveries": f"/webhooks/{webhook.id}/deliveries",
        }
        return cls(**{name: getattr(webhook, name) for name in kept}, secret=secret, links=links)


class WebhookList(BaseModel):
    """Webhooks, by name."""

    items: list[WebhookReply]


class EventReply(BaseModel):
    """An event that can be subscribed to."""

    name: str
    label: str
    ids: list[str]
    facts: list[str]
    personal: list[str]


class EventList(BaseModel):
    """Every event. ``facts`` filter and may be asked for; ``personal`` may be asked for."""

    items: list[EventReply]

    @classmethod
    def everything(cls) -> Self:
        """Describe the catalogue."""
        return cls(
            items=[
                EventReply(
                    name=name,
                    label=kind.label,
                    ids=list(kind.ids),
                    facts=list(kind.facts),
                    personal=list(kind.personal),
                )
                for name, kind in EVENTS.items()
            ]
        )


class CallbackSecret(BaseModel):
    """What signs the calls to the ``callback_url`` of one's own jobs."""

    secret: str


class DeliveryReply(BaseModel):
    """A message to a webhook, without what is in it."""

    id: UUID
    event: str | None
    status: OutboxStatus
    attempts: int
    available_at: datetime
    created_at: datetime
    finished_at: datetime | None
    links: dict[str, str]

    @classmethod
    def of(cls, message: OutboxMessage) -> Self:
        """Describe a delivery."""
        kept = set(cls.model_fields) - {"links"}
        links = {
            "self": f"/access/outbox/{message.id}",
            "resend": f"/access/outbox/{message.id}/resend",
        }
        return cls(**{name: getattr(message, name) for name in kept}, links=links)


class DeliveryList(BaseModel):
    """Deliveries, the newest first."""

    items: list[DeliveryReply]
    next_cursor: str | None = None


class AttemptReply(BaseModel):
    """One try: what was asked, what came back, how long it took."""

    attempt: int
    delivered: bool
    error_code: str | None
    request: dict[str, Any] | None
    status_code: int | None
    reply: str
    reply_body: str
    duration_ms: int
    occurred_at: datetime

    @classmethod
    def of(cls, attempt: OutboxAttempt) -> Self:
        """Describe a try."""
        kept = set(cls.model_fields) - {"reply_body"}
        named = {name: getattr(attempt, name) for name in kept}
        return cls(**named, reply_body=reply_body_of(attempt))


class MessageDetail(BaseModel):
    """A message of the outbox with its tries; ``body`` only of what goes to a program."""

    id: UUID
    topic: str
    event: str | None
    resource_key: str
    status: OutboxStatus
    body: str | None
    created_at: datetime
    finished_at: datetime | None
    attempts: list[AttemptReply]

    @classmethod
    def of(cls, message: OutboxMessage, attempts: list[OutboxAttempt]) -> Self:
        """Describe a message and its tries. Letters stay closed: they are written to people."""
        body = (open_payload(message) or {}).get("body") if message.event else None
        return cls(
            id=message.id,
            topic=message.topic,
            event=message.event,
            resource_key=message.resource_key,
            status=message.status,
            body=body,
            created_at=message.created_at,
            finished_at=message.finished_at,
            attempts=[AttemptReply.of(attempt) for attempt in attempts],
        )
