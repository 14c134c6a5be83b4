"""Records of accesses: looked up for a reason, kept longer by order."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cogep_assist.core.access_records import Access
from cogep_assist.core.models import PreservationOrder
from cogep_assist.core.principal import Act
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.audit import access_record_lookup as records
from cogep_assist.lgpd_service.audit.access_record_lookup import LookupReason, Scope

router = guarded_router(tags=["lgpd"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_ACCESS_RECORDS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.READ_ACCESS_RECORDS, idempotent=True)
# No spaces: the number of an order or process, never a sentence with somebody's name.
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z./_-]{3,80}$")]
User = Annotated[str | None, Field(pattern=r"^(user|key|session):[0-9a-f-]{36}$")]
Ip = Annotated[str | None, Field(pattern=r"^[0-9A-Fa-f.:]{2,45}$")]


class _Scope(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    until: AwareDatetime
    user: User = None
    ip: Ip = None

    def scope(self) -> Scope:
        """Return whose records and which period."""
        return Scope(self.since, self.until, self.user, self.ip)


class LookupBody(_Scope):
    """Whose records, and why they are read."""

    reason: LookupReason
    reference: Reference
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class OrderBody(_Scope):
    """Which records are kept, and by whose order."""

    authority: Annotated[str, Field(min_length=3, max_length=200)]
    reference: Reference


class AccessReply(BaseModel):
    """One use of the application."""

    accessed_at: datetime
    user: str
    ip: str
    port: int
    requests: int

    @classmethod
    def of(cls, access: Access) -> Self:
        """Describe a use."""
        return cls.model_validate(access, from_attributes=True)


class AccessList(BaseModel):
    """Uses, newest first, and how long they are kept."""

    items: list[AccessReply]
    kept_months: int
    legal_reference: str = "Lei 12.965/2014 (Marco Civil da Internet), art. 15"


class OrderReply(BaseModel):
    """An order to keep records; open while ``ended_at`` is empty."""

    id: UUID
    authority: str
    reference: str
    covers_at: datetime
    covers_until: datetime
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, order: PreservationOrder) -> Self:
        """Describe an order."""
        return cls.model_validate(order, from_attributes=True)


class OrderList(BaseModel):
    """Orders, newest first."""

    items: list[OrderReply]


@router.post(
    "/lgpd/access-records/search",
    summary="Consulta registros de acesso, com motivo e referência, que ficam na auditoria",
    dependencies=[READ],
)
async def search(
    request: Request, body: LookupBody, session: SessionDep, principal: PrincipalDep
) -> AccessList:
    """Look records up."""
    found = await records.look_up(
        session, principal, body.scope(), body.reason, body.reference, body.limit
    )
    months = edge_state(request).settings.access_record_months
    return AccessList(items=[AccessReply.of(access) for access in found], kept_months=months)


@router.get(
    "/lgpd/access-records/orders",
    summary="Lista as ordens de preservação",
    dependencies=[READ],
)
async def orders(session: SessionDep, principal: PrincipalDep) -> OrderList:
    """List orders."""
    found = await records.list_orders(session, principal)
    return OrderList(items=[OrderReply.of(order) for order in found])


@router.post(
    "/lgpd/access-records/orders",
    status_code=201,
    summary="Preserva registros de acesso por ordem, além do prazo",
    dependencies=[MANAGE],
)
async def preserve(door: Door, body: OrderBody) -> OrderReply:
    """Keep records longer."""

    async def work() -> tuple[OrderReply, bool]:
        order = await records.preserve(
            door.session, door.principal, body.scope(), body.authority, body.reference
        )
        return OrderReply.of(order), True

    return await door.put(OrderReply, work, body)


@router.post(
    "/lgpd/access-records/orders/{order_id}/end",
    summary="Encerra uma ordem de preservação",
    dependencies=[MANAGE],
)
async def end(door: Door, order_id: UUID) -> OrderReply:
    """End an order."""

    async def work() -> OrderReply:
        return OrderReply.of(await records.end_order(door.session, door.principal, order_id))

    return await door.reply(OrderReply, work)
