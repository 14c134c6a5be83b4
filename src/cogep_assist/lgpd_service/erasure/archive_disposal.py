"""The disposal list of public records whose term is over, to be laid before the archive.

Public records are eliminated only with that authorisation (Lei 8.159/1991, art. 9); the list asks
for it, and eliminates nothing. What is under a legal hold is told, and stays.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.erasure.erasure_schemas import DisposalReply

REFERENCE = "Lei 8.159/1991, art. 9º"
_OVER = sa.text("""
    SELECT k.id, k.reference AS code, k.object_type, k.object_id, t.protocol, k.until,
           coalesce(t.created_at, d.created_at, c.created_at) AS began_at,
           coalesce(t.closed_at, t.last_entry_at, d.created_at, c.updated_at) AS ended_at,
           CASE k.object_type
             WHEN 'ticket' THEN lgpd.is_held('crm.ticket', to_jsonb(t))
             WHEN 'document' THEN lgpd.is_held('ai.document', to_jsonb(d))
             ELSE lgpd.is_held('crm.customer', to_jsonb(c)) END AS held
      FROM lgpd.keeping k
      LEFT JOIN crm.ticket t ON k.object_type = 'ticket' AND t.id = k.object_id
      LEFT JOIN ai.document d ON k.object_type = 'document' AND d.id = k.object_id
      LEFT JOIN crm.customer c ON k.object_type = 'customer' AND c.id = k.object_id
     WHERE k.ground = 'public_archive' AND k.ended_at IS NULL AND k.until < current_date
       AND coalesce(t.id, d.id, c.id) IS NOT NULL
     ORDER BY k.reference, began_at, k.id
""")


async def disposal_list(session: AsyncSession, principal: Principal) -> list[DisposalReply]:
    """Return the public records whose term is over, by their code. Raises "role_not_allowed"."""
    principal.require(Act.MANAGE_RETENTION)
    return [DisposalReply(**row) for row in (await session.execute(_OVER)).mappings()]
