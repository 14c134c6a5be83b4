"""The desk: tickets in every state, customers with a twin, an import, figures."""

from desk_sample import fill_desk

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role, Ticket
from cogep_assist.core.principal import SYSTEM, Principal
from cogep_assist.crm_service.customers.customer_import import (
    ImportOptions,
    run_import,
    start_import,
)
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from page_samples import Sample

TICKET, CUSTOMER = "/chamados/{ticket}", "/clientes/{customer}"
TICKET_ROUTE, CUSTOMER_ROUTE = "/chamados/{ticket_id}", "/clientes/{customer_id}"
ACT = "/chamados/{ticket_id}/acoes/{name}"
ACTS = ["mover", "adiar", "atribuir", "alterar", "vincular", "dividir", "macro"]
PAGES = [
    Sample("/chamados", "/chamados", Role.AGENT),
    Sample("/chamados", "/chamados?modo=quadro", Role.AGENT, "quadro"),
    Sample("/chamados", "/chamados?etiqueta=nenhuma", Role.AGENT, "chamados-sem-nada"),
    Sample("/chamados", "/chamados", Role.REQUESTER, "meus-chamados"),
    Sample("/avisos", "/avisos", Role.AGENT),
    Sample("/avisos", "/avisos", Role.REQUESTER, "avisos-sem-nada"),
    Sample("/avisos", "/avisos", Role.DPO, "avisos-lgpd"),
    Sample("/chamados/novo", "/chamados/novo", Role.AGENT),
    Sample("/chamados/novo", "/chamados/novo", Role.REQUESTER, "meu-chamado-novo"),
    Sample(TICKET_ROUTE, TICKET, Role.AGENT, "chamado"),
    Sample(TICKET_ROUTE, "/chamados/{rated}", Role.AGENT, "chamado-resolvido"),
    Sample(TICKET_ROUTE, "/chamados/{own}", Role.REQUESTER, "meu-chamado"),
    Sample(TICKET_ROUTE, "/chamados/{withheld}", Role.AGENT, "chamado-reservado"),
    Sample(f"{TICKET_ROUTE}/prazo", f"{TICKET}/prazo", Role.AGENT),
    Sample(f"{TICKET_ROUTE}/contexto", f"{TICKET}/contexto", Role.AGENT),
    Sample(f"{TICKET_ROUTE}/conhecimento", f"{TICKET}/conhecimento", Role.AGENT),
    Sample(f"{TICKET_ROUTE}/sugestao", "/chamados/{asked}/sugestao", Role.AGENT),
    *(Sample(ACT, f"{TICKET}/acoes/{name}", Role.AGENT, f"chamado-{name}") for name in ACTS),
    Sample(ACT, TICKET + "/acoes/mesclar?protocolo={protocol}", Role.AGENT, "chamado-mesclar"),
    Sample("/acompanhar", "/acompanhar", None),
    Sample("/clientes", "/clientes"),
    Sample("/clientes", "/clientes?q=ninguem+assim", name="clientes-sem-nada"),
    Sample("/clientes/novo", "/clientes/novo"),
    Sample("/clientes/duplicados", "/clientes/duplicados"),
    Sample("/clientes/importar", "/clientes/importar"),
    Sample("/clientes/importar/{import_id}", "/clientes/importar/{import}", name="importacao"),
    Sample(CUSTOMER_ROUTE, CUSTOMER, name="cliente"),
    Sample(f"{CUSTOMER_ROUTE}/ligados", f"{CUSTOMER}/ligados"),
    Sample(f"{CUSTOMER_ROUTE}/editar", f"{CUSTOMER}/editar"),
    Sample(f"{CUSTOMER_ROUTE}/unir", f"{CUSTOMER}/unir?com={{twin}}"),
    Sample("/relatorios", "/relatorios"),
]
LINES = "Nome;CPF\nRosa Luz;123.456.789-09\nInválido;123\n"


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    made = await fill_desk(database, people)
    async with database.begin() as session:
        trial = await start_import(
            session,
            people[Role.ADMIN],
            LINES.encode(),
            ImportOptions("servidores.csv", dry_run=True),
        )
        merged = await session.get_one(Ticket, made.tickets[2])
        protocol = merged.protocol
        said = NewTicket("Licença", "Segue o atestado médico.")
        withheld = await open_ticket(session, people[Role.REQUESTER], said, "America/Sao_Paulo")
    await run_import(database, load_settings(), SYSTEM, trial.id)
    return {
        "ticket": str(made.tickets[0]),
        "asked": str(made.tickets[4]),
        "rated": str(made.tickets[3]),
        "own": str(made.own),
        "withheld": str(withheld.id),
        "protocol": protocol,
        "customer": str(made.customers[0]),
        "twin": str(made.customers[2]),
        "import": str(trial.id),
    }
