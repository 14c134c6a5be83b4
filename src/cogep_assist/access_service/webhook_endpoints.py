"""Webhooks over HTTP, for who administers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from cogep_assist.access_service import webhooks
from cogep_assist.access_service.webhook_schemas import (
    CallbackSecret,
    DeliveryList,
    DeliveryReply,
    EventList,
    RotationBody,
    WebhookBody,
    WebhookChange,
    WebhookList,
    WebhookReply,
)
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import OutboxStatus, Webhook
from cogep_assist.core.outbox import find_message, list_messages
from cogep_assist.core.principal import Act
from cogep_assist.core.webhooks import callback_secret
from cogep_assist.edge.cursors import NumberCursor, decode_number_cursor, encode_cursor
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.integrations.http import HttpPolicy, policy_from_settings

router = guarded_router(tags=["webhooks"])
READ = rule(Login.KEY_OR_SESSION, Act.MANAGE_WEBHOOKS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_WEBHOOKS, idempotent=True)


@router.get(
    "/webhooks",
    response_model=WebhookList,
    summary="Lista os webhooks",
    dependencies=[READ],
)
async def list_(session: SessionDep, principal: PrincipalDep) -> WebhookList:
    """List webhooks."""
    found = await webhooks.list_webhooks(session, principal)
    return WebhookList(items=[WebhookReply.of(webhook) for webhook in found])


@router.get(
    "/webhooks/events",
    response_model=EventList,
    summary="Lista os eventos que um webhook pode receber, e seus campos",
    dependencies=[READ],
)
async def events() -> EventList:
    """List events."""
    return EventList.everything()


@router.get(
    "/webhooks/callback-secret",
    response_model=CallbackSecret,
    summary="Mostra o segredo que assina os avisos ao callback_url das suas tarefas",
    dependencies=[rule(Login.KEY_OR_SESSION, Act.INGEST)],
)
async def own_callback_secret(principal: PrincipalDep) -> CallbackSecret:
    """Show the secret of one's own callbacks."""
    return CallbackSecret(secret=callback_secret(principal.label))


@router.post(
    "/webhooks",
    status_code=201,
    response_model=WebhookReply,
    summary="Cria um webhook; o segredo é mostrado só desta vez",
    dependencies=[MANAGE],
)
async def create(door: Door, body: WebhookBody) -> WebhookReply:
    """Create a webhook. A repeated request is told of the same one, without the secret."""
    shown: list[str] = []

    async def work() -> Webhook:
        webhook, secret = await webhooks.create_webhook(
            door.session, door.principal, body, _policy(door)
        )
        shown.append(secret)
        return webhook

    return await _shown(door, await door.make(work, body), shown)


@router.get(
    "/webhooks/{webhook_id}",
    response_model=WebhookReply,
    summary="Mostra um webhook",
    dependencies=[READ],
)
async def show(
    webhook_id: UUID, response: Response, session: SessionDep, principal: PrincipalDep
) -> WebhookReply:
    """Show a webhook."""
    webhook = await webhooks.find_webhook(session, principal, webhook_id)
    set_entity_tag(response, webhook.revision)
    return WebhookReply.of(webhook)


@router.patch(
    "/webhooks/{webhook_id}",
    response_model=WebhookReply,
    summary="Muda um webhook, ou o desliga e religa",
    dependencies=[MANAGE],
)
async def change(
    door: Door, webhook_id: UUID, body: WebhookChange, if_match: IfMatchHeader = None
) -> WebhookReply:
    """Change a webhook."""
    expected = expected_revision(if_match)
    await door.do(
        lambda: webhooks.change_webhook(
            door.session, door.principal, webhook_id, body, _policy(door), expected
        ),
        body,
    )
    return await _shown(door, webhook_id)


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    summary="Remove um webhook, com o registro de suas entregas",
    dependencies=[MANAGE],
)
async def remove(door: Door, webhook_id: UUID) -> Response:
    """Remove a webhook."""
    return await door.remove(
        lambda: webhooks.remove_webhook(door.session, door.principal, webhook_id)
    )


@router.post(
    "/webhooks/{webhook_id}/rotate-secret",
    response_model=WebhookReply,
    summary="Troca o segredo; o anterior ainda vale por algumas horas",
    dependencies=[MANAGE],
)
async def rotate(door: Door, webhook_id: UUID, body: RotationBody) -> WebhookReply:
    """Replace the secret."""
    shown: list[str] = []

    async def work() -> None:
        _, secret = await webhooks.rotate_secret(
            door.session, door.principal, webhook_id, body.keep_hours
        )
        shown.append(secret)

    await door.do(work, body)
    return await _shown(door, webhook_id, shown)


@router.post(
    "/webhooks/{webhook_id}/challenge",
    status_code=202,
    response_model=WebhookReply,
    summary="Verifica de novo o endereço do webhook",
    dependencies=[MANAGE],
)
async def challenge(door: Door, webhook_id: UUID) -> WebhookReply:
    """Challenge the address again."""
    await door.do(lambda: webhooks.challenge_again(door.session, door.principal, webhook_id))
    return await _shown(door, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/test",
    status_code=202,
    response_model=DeliveryReply,
    summary="Envia um evento de teste",
    dependencies=[MANAGE],
)
async def try_out(door: Door, webhook_id: UUID) -> DeliveryReply:
    """Send a test event."""

    async def work() -> StoredReply:
        sent = await webhooks.send_test(door.session, door.principal, webhook_id)
        return StoredReply(202, {"id": str(sent)})

    stored = await door.once(work, b"")
    message = await find_message(door.session, door.principal, UUID(stored.reply["id"]))
    return DeliveryReply.of(message)


@router.post(
    "/webhooks/{webhook_id}/pause",
    response_model=WebhookReply,
    summary="Pausa um webhook; os eventos esperam, na ordem",
    dependencies=[MANAGE],
)
async def pause(door: Door, webhook_id: UUID) -> WebhookReply:
    """Pause a webhook."""
    await door.do(lambda: webhooks.pause_webhook(door.session, door.principal, webhook_id))
    return await _shown(door, webhook_id)


@router.post(
    "/webhooks/{webhook_id}/resume",
    response_model=WebhookReply,
    summary="Retoma um webhook pausado e entrega o que esperava",
    dependencies=[MANAGE],
)
async def resume(door: Door, webhook_id: UUID) -> WebhookReply:
    """Resume a paused webhook."""
    await door.do(lambda: webhooks.resume_webhook(door.session, door.principal, webhook_id))
    return await _shown(door, webhook_id)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response_model=DeliveryList,
    summary="Lista as entregas de um webhook, da mais nova à mais antiga",
    dependencies=[READ],
)
async def deliveries(
    webhook_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    status: OutboxStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: NumberCursor = None,
) -> DeliveryList:
    """List deliveries."""
    await webhooks.find_webhook(session, principal, webhook_id)
    found = await list_messages(
        session,
        principal,
        status,
        limit + 1,
        webhook_id=webhook_id,
        before=decode_number_cursor(cursor),
    )
    last = found[limit - 1].sequence if len(found) > limit else None
    return DeliveryList(
        items=[DeliveryReply.of(message) for message in found[:limit]],
        next_cursor=encode_cursor(last),
    )


async def _shown(door: Door, webhook_id: UUID, secret: list[str] | None = None) -> WebhookReply:
    webhook = await webhooks.find_webhook(door.session, door.principal, webhook_id)
    set_entity_tag(door.response, webhook.revision)
    return WebhookReply.of(webhook, secret[0] if secret else None)


def _policy(door: Door) -> HttpPolicy:
    return policy_from_settings(edge_state(door.request).settings)
