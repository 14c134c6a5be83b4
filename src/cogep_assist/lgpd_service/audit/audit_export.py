"""Write the chain out so that anybody with the public key can check it without us.

JSON lines: one for each link, ``{"link": {...}, "acts": n, "signature": {...}}``, then the ``n``
acts of that link, each exactly as it was hashed. The SHA-256 of these lines, each with its line
break, is the link's ``body``; the SHA-256 of the canonical link is the next link's ``previous``;
the signature is what ``core/signing.py`` says of signed documents.
"""

import base64
import json
from collections.abc import AsyncIterator
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit, signing
from cogep_assist.core.audit_chain import BEGINNING, CHECKPOINT, ID_BYTES, LINE, Seal
from cogep_assist.core.db import Database
from cogep_assist.core.models import AuditSeal
from cogep_assist.core.principal import Act, Principal

LINKS_AT_A_TIME = 50
_ACTS = sa.text(
    f"""
    SELECT {LINE} FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS listed(id, place)
    JOIN lgpd.audit_event e ON e.id = listed.id ORDER BY listed.place
    """  # noqa: S608 - our own constant
)


async def note_audit_export(session: AsyncSession, principal: Principal) -> None:
    """Check that somebody may take the audit along, and write down that it was done.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.READ_AUDIT)
    await audit.record(session, principal, "audit_exported", "audit", "-")


async def export_chain(database: Database) -> AsyncIterator[str]:
    """Give the lines of the whole chain, a few links at a time.

    Nothing is given while a transaction is open: who reads slowly would keep its connection.
    """
    after, previous = 0, BEGINNING
    while True:
        written: list[str] = []
        async with database.begin() as session:
            for link in await _next_links(session, after):
                seal = Seal(
                    link.number,
                    link.position,
                    previous,
                    bytes(link.body),
                    tuple(link.refused),
                    link.sealed_at,
                )
                written.append(await _written(session, link, seal))
                after, previous = link.number, bytes(link.link)
        if not written:
            return
        for lines in written:
            yield lines


async def _next_links(session: AsyncSession, after: int) -> list[AuditSeal]:
    found = await session.scalars(
        sa.select(AuditSeal)
        .where(AuditSeal.number > after)
        .order_by(AuditSeal.number)
        .limit(LINKS_AT_A_TIME)
    )
    return list(found)


async def _written(session: AsyncSession, link: AuditSeal, seal: Seal) -> str:
    size = len(link.events)
    ids = [UUID(bytes=link.events[n : n + ID_BYTES]) for n in range(0, size, ID_BYTES)]
    lines = list(await session.scalars(_ACTS, {"ids": ids}))
    head = {
        "link": seal.header,
        "acts": len(ids),
        "signature": {
            "algorithm": signing.ALGORITHM,
            "kind": CHECKPOINT,
            "key_id": link.key_id,
            "value": base64.b64encode(link.signature).decode(),
        },
    }
    return "\n".join([json.dumps(head, ensure_ascii=False), *lines]) + "\n"
