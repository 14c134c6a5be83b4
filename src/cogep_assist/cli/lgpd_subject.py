"""How a command is told whom it is about, and on whose behalf it acts."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, User
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.lgpd_service.subject_data.identity import (
    Subject,
    subject_of_customer,
    subject_of_values,
    typed_values,
)

Who = Annotated[UUID | None, typer.Argument(metavar="[CLIENTE]", help="Identificador do cliente.")]
Cpf = Annotated[str | None, typer.Option("--cpf", help="CPF do titular.")]
Name = Annotated[str | None, typer.Option("--name", help="Nome completo do titular.")]
Email = Annotated[str | None, typer.Option("--email", help="E-mail do titular.")]
Phone = Annotated[str | None, typer.Option("--phone", help="Telefone do titular.")]
Person = Annotated[
    str | None,
    typer.Option("--as", metavar="E-MAIL", help="Pessoa que faz o ato; sem ela, o sistema."),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a command is about, as it was typed."""

    customer: UUID | None
    cpf: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    async def subject(self, session: AsyncSession) -> Subject:
        """Return the subject. Raises what the identity raises."""
        if self.customer is not None:
            return await subject_of_customer(session, self.customer)
        values = typed_values(cpf=self.cpf, name=self.name, email=self.email, phone=self.phone)
        return await subject_of_values(session, values)


async def acting(session: AsyncSession, email: str | None) -> Principal:
    """Return who acts: the system, or a person by their address.

    Two persons are two persons at a terminal too. Raises AppError("user_not_found").
    """
    if email is None:
        return SYSTEM
    user = await session.scalar(
        sa.select(User).where(User.email_key == email.strip().lower(), User.disabled_at.is_(None))
    )
    if user is None:
        raise AppError("user_not_found")
    return Principal(PrincipalKind.USER, Role(user.role), user.id)
