"""Webhooks: subscribe, change, replace the secret, try out, resume, remove."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.access_service.webhook_schemas import WebhookBody, WebhookChange
from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.events import EVENTS, TEST, body_of, send
from cogep_assist.core.models import OutboxMessage, OutboxStatus, Webhook, WebhookStatus
from cogep_assist.core.outbox import NOW, hold_pending, post, release_held
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.webhooks import CHALLENGE, lane_of, new_secret, seal_for
from cogep_assist.edge.entity_tags import check_revision
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.integrations.http import HttpPolicy, parse_url


async def list_webhooks(session: AsyncSession, principal: Principal) -> Sequence[Webhook]:
    """Return every webhook, by name."""
    principal.require(Act.MANAGE_WEBHOOKS)
    return (await session.scalars(sa.select(Webhook).order_by(Webhook.name))).all()


async def find_webhook(session: AsyncSession, principal: Principal, webhook_id: UUID) -> Webhook:
    """Return one webhook, as it now stands. Raises AppError("webhook_not_found")."""
    principal.require(Act.MANAGE_WEBHOOKS)
    found = await session.get(Webhook, webhook_id, populate_existing=True)
    if found is None:
        raise AppError("webhook_not_found")
    return found


async def find_by_name(session: AsyncSession, principal: Principal, name: str) -> Webhook:
    """Return the webhook of a name. Raises AppError("webhook_not_found")."""
    principal.require(Act.MANAGE_WEBHOOKS)
    found = await session.scalar(sa.select(Webhook).where(Webhook.name == name.strip()))
    if found is None:
        raise AppError("webhook_not_found")
    return found


async def create_webhook(
    session: AsyncSession, principal: Principal, body: WebhookBody, policy: HttpPolicy
) -> tuple[Webhook, str]:
    """Subscribe an address and challenge it; return the webhook and its secret, shown once.

    Raises AppError("webhook_name_taken"|"webhook_event_unknown"|"webhook_field_unknown"|
    "request_invalid") and those of the guarded client for an address that may not be reached.
    """
    principal.require(Act.MANAGE_WEBHOOKS)
    webhook_id, secret = uuid7(), new_secret()
    webhook = Webhook(
        id=webhook_id,
        name=_clean_name(body.name),
        events=_checked_events(body.events),
        filters=body.filters,
        fields=sorted(set(body.fields)),
        secret_sealed=seal_for(webhook_id, "secret", secret),
        created_by=principal.label,
        **_address(webhook_id, body.url, policy),
    )
    _check_fields(webhook)
    await _insert(session, webhook)
    await _challenge(session, webhook_id)
    await audit.record(session, principal, "webhook_created", "webhook", webhook_id)
    return await find_webhook(session, principal, webhook_id), secret


async def change_webhook(
    session: AsyncSession,
    principal: Principal,
    webhook_id: UUID,
    change: WebhookChange,
    policy: HttpPolicy,
    expected: int | None = None,
) -> Webhook:
    """Change a webhook; another address is challenged before anything is sent to it.

    ``enabled``: switch it off, or on again after a challenge. Raises as ``create_webhook``, and
    AppError("changed_meanwhile").
    """
    webhook = await _locked(session, principal, webhook_id)
    check_revision(expected, webhook.revision)
    if change.name is not None:
        webhook.name = _clean_name(change.name)
    webhook.events = _checked_events(change.events or webhook.events)
    webhook.filters = webhook.filters if change.filters is None else change.filters
    webhook.fields = webhook.fields if change.fields is None else sorted(set(change.fields))
    _check_fields(webhook)
    again = change.url is not None
    if change.url is not None:
        for name, value in _address(webhook_id, change.url, policy).items():
            setattr(webhook, name, value)
    if change.enabled is False:
        webhook.status = WebhookStatus.DISABLED
        await _cancel(session, webhook_id)
    elif again or (change.enabled and webhook.status is WebhookStatus.DISABLED):
        webhook.status, again = WebhookStatus.PENDING, True
    await _touch(session, webhook)
    if again and webhook.status is WebhookStatus.PENDING:
        await _challenge(session, webhook_id)
    await audit.record(session, principal, "webhook_changed", "webhook", webhook_id)
    return await find_webhook(session, principal, webhook_id)


async def rotate_secret(
    session: AsyncSession, principal: Principal, webhook_id: UUID, keep_hours: int
) -> tuple[Webhook, str]:
    """Replace the secret; for some hours, messages carry a signature by each of both."""
    webhook = await _locked(session, principal, webhook_id)
    secret = new_secret()
    webhook.previous_secret_sealed = webhook.secret_sealed
    webhook.previous_secret_until = NOW + sa.literal(timedelta(hours=keep_hours))
    webhook.secret_sealed = seal_for(webhook_id, "secret", secret)
    await _touch(session, webhook)
    await audit.record(session, principal, "webhook_secret_rotated", "webhook", webhook_id)
    return await find_webhook(session, principal, webhook_id), secret


async def challenge_again(session: AsyncSession, principal: Principal, webhook_id: UUID) -> Webhook:
    """Challenge the address once more, now."""
    webhook = await _locked(session, principal, webhook_id)
    await _challenge(session, webhook_id)
    return webhook


async def send_test(session: AsyncSession, principal: Principal, webhook_id: UUID) -> UUID:
    """Send an event that means nothing and return the id of its delivery.

    Raises AppError("webhook_not_active") before the challenge is met.
    """
    webhook = await _locked(session, principal, webhook_id)
    if webhook.status not in {WebhookStatus.ACTIVE, WebhookStatus.PAUSED}:
        raise AppError("webhook_not_active")
    now = (await session.execute(sa.select(NOW))).scalar_one()
    body = body_of(uuid7(), TEST, now, {"webhook_id": webhook_id})
    await audit.record(session, principal, "webhook_tested", "webhook", webhook_id)
    return await send(session, webhook, TEST, "test", body)


async def pause_webhook(session: AsyncSession, principal: Principal, webhook_id: UUID) -> Webhook:
    """Hold what waits and what comes, in its order. Raises AppError("webhook_not_active")."""
    webhook = await _locked(session, principal, webhook_id)
    if webhook.status is not WebhookStatus.ACTIVE:
        raise AppError("webhook_not_active")
    webhook.status, webhook.paused_at = WebhookStatus.PAUSED, NOW
    await _touch(session, webhook)
    held = await hold_pending(session, webhook_id)
    await audit.record(session, principal, "webhook_paused", "webhook", webhook_id, {"held": held})
    return await find_webhook(session, principal, webhook_id)


async def resume_webhook(session: AsyncSession, principal: Principal, webhook_id: UUID) -> Webhook:
    """Let a paused webhook go on, with what was held. Raises AppError("webhook_not_paused")."""
    webhook = await _locked(session, principal, webhook_id)
    if webhook.status is not WebhookStatus.PAUSED:
        raise AppError("webhook_not_paused")
    webhook.status, webhook.paused_at = WebhookStatus.ACTIVE, None
    webhook.failures, webhook.last_error = 0, None
    await _touch(session, webhook)
    freed = await release_held(session, webhook_id)
    await audit.record(
        session, principal, "webhook_resumed", "webhook", webhook_id, {"released": freed}
    )
    return await find_webhook(session, principal, webhook_id)


async def remove_webhook(session: AsyncSession, principal: Principal, webhook_id: UUID) -> None:
    """Remove a webhook with its log and what waits for it."""
    webhook = await _locked(session, principal, webhook_id)
    await session.delete(webhook)
    await session.flush()
    await audit.record(session, principal, "webhook_removed", "webhook", webhook_id)


async def _locked(session: AsyncSession, principal: Principal, webhook_id: UUID) -> Webhook:
    principal.require(Act.MANAGE_WEBHOOKS)
    found = await session.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise AppError("webhook_not_found")
    return found


async def _insert(session: AsyncSession, webhook: Webhook) -> None:
    try:
        async with session.begin_nested():
            session.add(webhook)
    except IntegrityError:
        raise AppError("webhook_name_taken") from None


async def _touch(session: AsyncSession, webhook: Webhook) -> None:
    webhook.revision += 1
    webhook.updated_at = NOW
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        raise AppError("webhook_name_taken") from None


async def _challenge(session: AsyncSession, webhook_id: UUID) -> None:
    """Ask the address to repeat a word; an older question is worth nothing from now on."""
    resource = f"{lane_of(webhook_id)}:challenge"
    await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.resource_key == resource, OutboxMessage.status == OutboxStatus.PENDING)
        .values(status=OutboxStatus.CANCELLED, finished_at=NOW)
    )
    event_id, word = uuid7(), secrets.token_urlsafe(24)
    body = {"id": str(event_id), "type": "webhook.challenge", "challenge": word}
    await post(
        session,
        CHALLENGE,
        resource,
        {"event_id": str(event_id), "challenge": word, "body": json.dumps(body)},
        lane=lane_of(webhook_id),
        event="webhook.challenge",
        webhook_id=webhook_id,
    )


async def _cancel(session: AsyncSession, webhook_id: UUID) -> None:
    waiting = (OutboxStatus.PENDING, OutboxStatus.HELD)
    await session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.webhook_id == webhook_id, OutboxMessage.status.in_(waiting))
        .values(status=OutboxStatus.CANCELLED, finished_at=NOW)
    )


def _address(webhook_id: UUID, url: str, policy: HttpPolicy) -> Mapping[str, Any]:
    """Return the columns of an address that may be reached, as far as its text tells."""
    address = parse_url(url)
    policy.check_url(address)
    parts = urlsplit(str(address))
    return {
        "url_sealed": seal_for(webhook_id, "url", str(address)),
        "target": f"{parts.scheme}://{parts.netloc}",
    }


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable():
        raise invalid_field("name", "deve ter de 1 a 80 caracteres visíveis")
    return cleaned


def _checked_events(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in EVENTS:
            raise AppError("webhook_event_unknown", name=name[:60])
    return sorted(set(names))


def _check_fields(webhook: Webhook) -> None:
    """Refuse a field or a filter that none of the events has: it would never do anything."""
    kinds = [EVENTS[name] for name in webhook.events]
    known = {field for kind in kinds for field in kind.fields}
    facts = {field for kind in kinds for field in kind.facts}
    for name, allowed in ((webhook.fields, known), (webhook.filters, facts)):
        for field in name:
            if field not in allowed:
                raise AppError("webhook_field_unknown", name=field[:60])
