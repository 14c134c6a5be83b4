"""Show a CPF whole: an act of its own, with its reason in the audit."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.brazil.cpf import format_cpf
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_timeline import note_event
from cogep_assist.crm_service.customers.customers import find_customer


async def reveal_cpf(
    session: AsyncSession, principal: Principal, customer_id: UUID, reason: str
) -> str:
    """Return a customer's CPF whole and write down who saw it.

    The reason is written as a person words it and may name somebody: it stays with the
    customer's timeline, where an erasure reaches it, and out of the audit.
    Raises AppError("role_not_allowed"|"customer_not_found"|"customer_has_no_cpf").
    """
    principal.require(Act.REVEAL_IDENTIFIERS)
    customer = await find_customer(session, principal, customer_id)
    if customer.cpf is None:
        raise AppError("customer_has_no_cpf")
    await note_event(session, principal, customer_id, "cpf_revealed", details={"reason": reason})
    await audit.record(session, principal, "customer_cpf_revealed", "customer", customer_id)
    return format_cpf(customer.cpf)
