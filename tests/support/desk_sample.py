"""A desk with something on it, for pages to be looked at: rules, people, tickets, customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from published import publish
from signed_in import add_user
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    ContactKind,
    CustomerKind,
    EntryKind,
    RelationKind,
    Role,
    Ticket,
    TicketLevel,
    TicketPriority,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.principal import Principal, PrincipalKind
from cogep_assist.crm_service.customers.customer_relations import add_relation
from cogep_assist.crm_service.customers.customer_schemas import (
    ContactBody,
    CustomerBody,
    RelationBody,
)
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.crm_service.desk.desk_tool_schemas import MacroBody
from cogep_assist.crm_service.desk.macros import set_macro
from cogep_assist.crm_service.desk.queues import set_queue
from cogep_assist.crm_service.desk.reply_templates import set_template
from cogep_assist.crm_service.sla.business_calendars import set_calendar
from cogep_assist.crm_service.sla.sla_policies import set_policy
from cogep_assist.crm_service.sla.sla_schemas import CalendarBody, PolicyBody, TargetBody
from cogep_assist.crm_service.tickets.ticket_assignment import assign_ticket, claim_ticket
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_rating import keep_rating
from cogep_assist.crm_service.tickets.ticket_schemas import QueueChange
from cogep_assist.crm_service.tickets.ticket_write import write_entry

ZONE = "America/Sao_Paulo"
SENTENCE = "As férias dos servidores são de trinta dias por ano."
GUIDE = f"{SENTENCE}\n\nO pedido de férias é feito com trinta dias de antecedência."
NAMES = {
    Role.ADMIN: "Íris Conceição",
    Role.AGENT: "Bruno Araújo",
    Role.REQUESTER: "Carla Assunção",
}
ALWAYS = [[["00:00", "24:00"]]] * 7
SUBJECTS = (
    ("Não consigo marcar as férias no sistema", TicketLevel.HIGH, ["férias"]),
    ("Contracheque de outubro veio sem o auxílio", TicketLevel.HIGH, ["folha", "auxílio"]),
    ("Inclusão de dependente: quais documentos?", TicketLevel.MEDIUM, ["cadastro"]),
    ("Troca de senha do ponto eletrônico", TicketLevel.LOW, []),
    ("Licença-capacitação: prazo para o pedido", TicketLevel.MEDIUM, ["licença"]),
    ("Declaração de vínculo para o banco", TicketLevel.LOW, ["declaração"]),
)


@dataclass(frozen=True, slots=True)
class DeskSample:
    """Ids of what was made; ``tickets`` in the order of ``SUBJECTS``, ``own`` the requester's."""

    admin: Principal
    agent: Principal
    requester: Principal
    tickets: list[UUID]
    customers: list[UUID]
    own: UUID


async def fill_desk(
    database: Database, people: Mapping[Role, Principal] | None = None
) -> DeskSample:
    """Fill a desk by its own use-cases, each thing as a person would have made it.

    ``people``: who acts, where they are there already.
    """
    await publish(database, GUIDE, "Manual de férias")
    async with database.begin() as session:
        people = people or {role: await person(session, n, role) for role, n in NAMES.items()}
        admin, agent, requester = (people[role] for role in NAMES)
        await _rules(session, admin)
        customers = await _customers(session, agent)
        tickets = [
            (
                await open_ticket(
                    session,
                    agent,
                    NewTicket(
                        subject,
                        f"Bom dia! {subject}. Quantos dias de férias têm os servidores?",
                        urgency=level,
                        customer_id=customers[n % 2],
                        tags=tags,
                    ),
                    ZONE,
                )
            ).id
            for n, (subject, level, tags) in enumerate(SUBJECTS)
        ]
        own = await open_ticket(
            session, requester, NewTicket("Crachá perdido", "Perdi o crachá."), ZONE
        )
        own_id = own.id
        await _lives(session, agent, tickets)
    return DeskSample(admin, agent, requester, tickets, customers, own_id)


async def person(session: AsyncSession, name: str, role: Role) -> Principal:
    """Make a user and return them as whoever acts."""
    return Principal(PrincipalKind.USER, role, await add_user(session, name, role))


async def _rules(session: AsyncSession, admin: Principal) -> None:
    await set_queue(session, admin, "Pessoal", QueueChange(is_default=True))
    await set_queue(session, admin, "Folha", QueueChange())
    await set_calendar(
        session,
        admin,
        "Sempre",
        CalendarBody(week=ALWAYS, public_holidays=False, optional_holidays=False),
    )
    target = TargetBody(first_reply_minutes=240, resolution_minutes=2880)
    await set_policy(
        session,
        admin,
        "Padrão",
        PolicyBody(calendar="Sempre", targets=dict.fromkeys(TicketPriority, target)),
    )
    await set_template(session, admin, "Saudação", "Olá, {{cliente}}! Sobre o {{protocolo}}:")
    steps = [{"do": "assign", "to": "me"}, {"do": "tag", "add": ["toner"]}]
    await set_macro(
        session, admin, "Assumir e etiquetar", MacroBody.model_validate({"steps": steps})
    )


async def _customers(session: AsyncSession, agent: Principal) -> list[UUID]:
    def contacts(email: str, phone: str) -> list[ContactBody]:
        return [
            ContactBody(kind=ContactKind.EMAIL, value=email, is_primary=True),
            ContactBody(kind=ContactKind.PHONE, value=phone),
        ]

    bodies = [
        CustomerBody(
            name="João da Conceição Araújo",
            cpf="111.444.777-35",
            birth_date="1984-03-09",
            city="Belém",
            state="PA",
            tags=["servidor"],
            contacts=contacts("joao.araujo@exemplo.gov.br", "(91) 98123-4567"),
        ),
        CustomerBody(
            name="Ângela Muniz Gonçalves",
            cpf="529.982.247-25",
            contacts=contacts("angela@exemplo.gov.br", "(11) 3333-4444"),
        ),
        CustomerBody(
            name="Joao Conceicao de Araujo",
            birth_date="1984-03-09",
            contacts=contacts("joao.pessoal@exemplo.com", "(91) 98123-4567"),
        ),
        CustomerBody(
            name="Instituto Açaí de Pesquisa",
            kind=CustomerKind.ORGANIZATION,
            cnpj="11.222.333/0001-81",
        ),
    ]
    made = [(await create_customer(session, agent, body)).id for body in bodies]
    works_at = RelationBody(kind=RelationKind.WORKS_AT, other_id=made[3], note="desde 2019")
    await add_relation(session, agent, made[0], works_at)
    return made


async def _lives(session: AsyncSession, agent: Principal, tickets: list[UUID]) -> None:
    """Let tickets go on: taken, answered, put to wait, resolved, rated."""
    days = {"reopen_days": 14}
    assert agent.user_id is not None
    await claim_ticket(session, agent, tickets[0])
    reply = "Olá! Em que período quer marcar?"
    await write_entry(session, agent, tickets[0], reply, kind=EntryKind.REPLY, **days)
    note = "O sistema ficou fora do ar na sexta-feira."
    await write_entry(session, agent, tickets[0], note, kind=EntryKind.NOTE, **days)
    await write_entry(
        session, agent, tickets[0], "De 5 a 19 de janeiro.", kind=EntryKind.MESSAGE, **days
    )
    await assign_ticket(session, agent, tickets[2], agent.user_id)
    await move_ticket(
        session,
        agent,
        tickets[2],
        Move(TicketStatus.WAITING, None, WaitingOn.CUSTOMER),
        **days,
    )
    await write_entry(session, agent, tickets[3], "Feito.", kind=EntryKind.REPLY, **days)
    await move_ticket(session, agent, tickets[3], Move(TicketStatus.RESOLVED), **days)
    ended = await session.scalar(sa.select(Ticket).where(Ticket.id == tickets[3]))
    assert ended is not None
    await keep_rating(session, agent, ended, 5, "Rápido e claro.")
    await move_ticket(
        session, agent, tickets[5], Move(TicketStatus.CLOSED, "pedido repetido"), **days
    )
