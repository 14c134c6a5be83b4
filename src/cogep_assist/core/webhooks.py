"""What a webhook's delivery needs: address, live secrets, and how the address has been doing."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, secret_key
from cogep_assist.core.letter import Letter, mail_payload
from cogep_assist.core.models import Role, User, Webhook, WebhookStatus
from cogep_assist.core.outbox import MAIL, hold_pending, post
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.sealing import seal, unseal

WEBHOOK, CHALLENGE, CALLBACK = "webhook", "webhook_challenge", "callback"
SECRET_PREFIX = "whsec_"  # noqa: S105  (what secrets begin with is none)
NOW = sa.func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message goes, and with which secrets it is signed, the newest first."""

    webhook_id: UUID
    status: WebhookStatus
    url: str
    target: str
    secrets: Sequence[str]
    failures: int


def new_secret() -> str:
    """Make a secret of 256 random bits; receivers use it as the text that it is."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def callback_secret(submitter: str) -> str:
    """Return the secret that signs the calls back to one submitter; it is stored nowhere."""
    key = secret_key.derive("webhook-callback")
    return SECRET_PREFIX + hmac.new(key, submitter.encode(), "sha256").hexdigest()


def seal_for(webhook_id: UUID, what: str, text: str) -> bytes:
    """Seal an address ("url") or a secret ("secret") of a webhook."""
    return seal(f"webhook-{what}", text.encode(), str(webhook_id))


def unseal_for(webhook_id: UUID, what: str, sealed: bytes) -> str:
    """Return what ``seal_for`` sealed."""
    return unseal(f"webhook-{what}", sealed, str(webhook_id)).decode()


def lane_of(webhook_id: UUID) -> str:
    """Return the lane of a webhook's messages."""
    return f"webhook:{webhook_id}"


async def destination_of(session: AsyncSession, webhook_id: UUID) -> Destination | None:
    """Return where a webhook's messages go, or None once it was removed."""
    row = (
        await session.execute(sa.select(Webhook, NOW.label("now")).where(Webhook.id == webhook_id))
    ).first()
    if row is None:
        return None
    webhook: Webhook = row[0]
    return Destination(
        webhook.id,
        webhook.status,
        unseal_for(webhook.id, "url", webhook.url_sealed),
        webhook.target,
        _live_secrets(webhook, row.now),
        webhook.failures,
    )


async def note_success(session: AsyncSession, webhook_id: UUID) -> None:
    """Forget the failures of an address that answers again."""
    await session.execute(
        sa.update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.failures > 0)
        .values(failures=0, last_error=None)
    )


async def note_failure(session: AsyncSession, webhook_id: UUID, code: str) -> int:
    """Count a failed try and return how many there were since the last that did not fail."""
    failures = await session.scalar(
        sa.update(Webhook)
        .where(Webhook.id == webhook_id)
        .values(failures=Webhook.failures + 1, last_error=code)
        .returning(Webhook.failures)
    )
    return failures or 0


async def note_verified(session: AsyncSession, webhook_id: UUID) -> None:
    """Let events go out to an address that has met the challenge."""
    verified = await session.scalar(
        sa.update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.status == WebhookStatus.PENDING)
        .values(status=WebhookStatus.ACTIVE, verified_at=NOW, failures=0, last_error=None)
        .returning(Webhook.id)
    )
    if verified is not None:
        await audit.record(session, SYSTEM, "webhook_verified", "webhook", webhook_id)


async def pause(session: AsyncSession, webhook_id: UUID) -> None:
    """Pause a webhook that goes on failing: hold what waits, and write to who administers."""
    name = await session.scalar(
        sa.update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.status == WebhookStatus.ACTIVE)
        .values(status=WebhookStatus.PAUSED, paused_at=NOW, revision=Webhook.revision + 1)
        .returning(Webhook.name)
    )
    # Two messages at once: one pauses, the other finds it done.
    if name is None:
        return
    held = await hold_pending(session, webhook_id)
    await audit.record(session, SYSTEM, "webhook_paused", "webhook", webhook_id, {"held": held})
    for user in await _administrators(session):
        await post(session, MAIL, f"user:{user.id}", mail_payload(_notice(user, name), user.email))


def _live_secrets(webhook: Webhook, now: datetime) -> list[str]:
    live = [unseal_for(webhook.id, "secret", webhook.secret_sealed)]
    until = webhook.previous_secret_until
    if webhook.previous_secret_sealed is not None and until is not None and until > now:
        live.append(unseal_for(webhook.id, "secret", webhook.previous_secret_sealed))
    return live


async def _administrators(session: AsyncSession) -> Sequence[User]:
    found = await session.scalars(
        sa.select(User).where(User.role == Role.ADMIN, User.disabled_at.is_(None))
    )
    return found.all()


def _notice(user: User, name: str) -> Letter:
    return Letter(
        subject="Um webhook foi pausado",
        name=user.name,
        paragraphs=(
            f"O endereço do webhook “{name}” não aceita entregas há cerca de duas horas.",
            "Os eventos continuam guardados, na ordem, por 30 dias.",
            "Corrija o endereço e retome o webhook com “cogep webhooks resume”.",
        ),
    )
