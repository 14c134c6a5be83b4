"""The one list of places: what the rail, the command bar and the ``g`` keys offer, by act."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cogep_assist.core.principal import Act, Principal


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a person may go to.

    ``act`` is what the page asks for. ``letter`` goes there after ``g``. ``also`` are words that
    find it in the command bar. Only places with an ``icon`` stand in the rail.
    """

    label: str
    href: str
    act: Act
    icon: str = ""
    letter: str = ""
    also: str = ""
    # Addresses under these belong to the place as well: the rail marks it on their pages.
    under: tuple[str, ...] = ()
    # And so do those of this form, where one part of an address belongs to two places.
    pages: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether an address is this place or lies under it."""
        prefixes = (self.href, *self.under)
        return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes) or any(
            PurePosixPath(path).match(form) for form in self.pages
        )


RAIL: Sequence[Place] = (
    Place(
        "Perguntar",
        "/perguntar",
        Act.ASK,
        "message-circle-question-mark",
        "p",
        "pergunta resposta conversa",
        ("/respostas", "/conversas", "/falar-com-uma-pessoa", "/chamado-aberto"),
        ("/documentos/*/versoes/*",),
    ),
    Place(
        "Conhecimento",
        "/conhecimento",
        Act.READ_GAPS,
        "book-open",
        "k",
        "documentos base fontes",
        pages=(
            "/documentos/*/historico",
            "/documentos/*/trechos",
            "/documentos/*/versoes/*/mudancas",
        ),
    ),
    Place("Chamados", "/chamados", Act.READ_TICKETS, "headset", "t", "tickets atendimento fila"),
    Place("Clientes", "/clientes", Act.SEE_EVERY_CUSTOMER, "users", "c", "pessoas cadastro CRM"),
    Place(
        "Relatórios",
        "/relatorios",
        Act.WORK_TICKETS,
        "chart-column",
        "r",
        "números gráficos indicadores SLA CSAT",
    ),
    Place(
        "LGPD",
        "/protecao-de-dados",
        Act.MANAGE_SUBJECT_REQUESTS,
        "shield-check",
        "l",
        "titulares encarregado privacidade",
    ),
    Place(
        "Ajustes",
        "/ajustes",
        Act.MANAGE_COLLECTIONS,
        "settings",
        "a",
        "configurações administração",
    ),
)
SETTINGS: Sequence[Place] = (
    Place("Pessoas", "/ajustes/pessoas", Act.MANAGE_USERS, also="usuários convites papéis senha"),
    Place("Equipes", "/ajustes/equipes", Act.MANAGE_TEAMS, also="membros times"),
    Place("Chaves", "/ajustes/chaves", Act.MANAGE_KEYS, also="api integrações tokens"),
    Place("Coleções", "/ajustes/colecoes", Act.MANAGE_COLLECTIONS, also="visibilidade leitura"),
    Place("Filas", "/ajustes/filas", Act.MANAGE_DESK, also="distribuição atendimento"),
    Place("Expediente", "/ajustes/expediente", Act.MANAGE_DESK, also="calendários feriados turnos"),
    Place("Prazos", "/ajustes/prazos", Act.MANAGE_DESK, also="sla metas"),
    Place("Textos prontos", "/ajustes/textos", Act.MANAGE_DESK, also="modelos macros respostas"),
    Place("Campos", "/ajustes/campos", Act.DEFINE_CUSTOMER_FIELDS, also="clientes personalizados"),
    Place(
        "Importações",
        "/ajustes/importacoes",
        Act.IMPORT_CUSTOMERS,
        also="zammad glpi chatwoot osticket migrar lotes desfazer",
    ),
    Place("Sites", "/ajustes/sites", Act.MANAGE_SITES, also="widget embutir página script"),
    Place("Modelos", "/ajustes/modelos", Act.MANAGE_MODELS, also="llm ia embeddings vetores"),
    Place("Webhooks", "/ajustes/webhooks", Act.MANAGE_WEBHOOKS, also="eventos n8n integrações"),
    Place("Envios", "/ajustes/envios", Act.MANAGE_OUTBOX, also="e-mail caixa de saída reenviar"),
    Place("Cópias", "/ajustes/copias", Act.READ_INSTALLATION, also="backup restaurar"),
    Place("Saúde", "/ajustes/saude", Act.READ_INSTALLATION, also="doctor diagnóstico"),
)
PRIVACY: Sequence[Place] = (
    Place(
        "Pedidos",
        "/protecao-de-dados/pedidos",
        Act.MANAGE_SUBJECT_REQUESTS,
        also="titulares direitos",
    ),
    Place(
        "Eliminações",
        "/protecao-de-dados/eliminacoes",
        Act.MANAGE_ERASURES,
        also="apagar certificado",
    ),
    Place(
        "Decisões",
        "/protecao-de-dados/decisoes",
        Act.REVIEW_DECISIONS,
        also="automatizadas revisão humana",
    ),
    Place(
        "Guardas", "/protecao-de-dados/guardas", Act.MANAGE_HOLDS, also="preservação processo hold"
    ),
    Place("Retenção", "/protecao-de-dados/retencao", Act.MANAGE_RETENTION, also="prazos simulador"),
    Place(
        "Temporalidade",
        "/protecao-de-dados/temporalidade",
        Act.MANAGE_RETENTION,
        also="arquivo listagem termo de eliminação guarda permanente conservação",
    ),
    Place(
        "Consentimentos",
        "/protecao-de-dados/consentimentos",
        Act.MANAGE_PURPOSES,
        also="finalidades",
    ),
    Place(
        "Incidentes", "/protecao-de-dados/incidentes", Act.MANAGE_INCIDENTS, also="anpd vazamento"
    ),
    Place("Registro", "/protecao-de-dados/registro", Act.READ_ROPA, also="ropa ripd operações"),
    Place(
        "Transferências",
        "/protecao-de-dados/transferencias",
        Act.READ_PROVIDERS,
        also="modelos llm país",
    ),
    Place(
        "Auditoria", "/protecao-de-dados/auditoria", Act.READ_AUDIT, also="cadeia atos verificar"
    ),
    Place(
        "Acessos",
        "/protecao-de-dados/acessos",
        Act.READ_ACCESS_RECORDS,
        also="marco civil ip ordem preservação registros",
    ),
    Place(
        "Prazos",
        "/protecao-de-dados/prazos",
        Act.READ_LEGAL_TERMS,
        also="organização pequeno porte feriados calendário",
    ),
    Place(
        "Governança",
        "/protecao-de-dados/governanca",
        Act.READ_ROPA,
        also="políticas treinamento instruções programa",
    ),
    Place(
        "Encarregado", "/protecao-de-dados/encarregado", Act.MANAGE_OFFICERS, also="dpo contato ato"
    ),
)
COMMANDS: Sequence[Place] = (
    Place("Minhas conversas", "/conversas", Act.READ_CONVERSATIONS, also="histórico perguntas"),
    Place("Falar com uma pessoa", "/falar-com-uma-pessoa", Act.OPEN_TICKETS, also="abrir chamado"),
    Place("Enviar documentos", "/conhecimento/enviar", Act.INGEST, also="subir arquivo url"),
    Place("Fila de documentos", "/conhecimento/fila", Act.MANAGE_JOBS, also="tarefas erros"),
    Place("Lacunas", "/conhecimento/lacunas", Act.READ_GAPS, also="sem resposta"),
    Place("Artigos", "/conhecimento/artigos", Act.DRAFT_ARTICLES, also="rascunho resposta"),
    Place("Teste de busca", "/conhecimento/busca", Act.READ_EVALUATIONS, also="pesquisa"),
    Place("Avaliação", "/conhecimento/avaliacao", Act.READ_EVALUATIONS, also="medir qualidade"),
    Place("Sinônimos", "/conhecimento/sinonimos", Act.READ_SYNONYMS, also="siglas palavras"),
    Place("Fontes", "/conhecimento/fontes", Act.READ_SOURCES, also="agenda sitemap pasta"),
    Place("Novo chamado", "/chamados/novo", Act.OPEN_TICKETS, also="abrir ticket"),
    Place("Novo cliente", "/clientes/novo", Act.MANAGE_CUSTOMERS, also="cadastro pessoa"),
    Place("Importar clientes", "/clientes/importar", Act.IMPORT_CUSTOMERS, also="csv planilha"),
    Place("Possíveis duplicados", "/clientes/duplicados", Act.SEE_EVERY_CUSTOMER, also="unir"),
    Place("Meus consentimentos", "/meus-consentimentos", Act.READ_CONSENTS, also="revogar lgpd"),
    Place("Avisos", "/avisos", Act.ASK, also="sino notificações prazos menções"),
    Place("Minha conta", "/conta", Act.MANAGE_OWN_ACCOUNT, also="senha sessões duas etapas"),
    Place("Decisões sobre mim", "/conta/decisoes", Act.READ_DECISIONS, also="revisão humana"),
    Place("Agendas de prazos", "/conta/agendas", Act.MANAGE_OWN_ACCOUNT, also="ical calendário"),
)


def rail_of(principal: Principal | None) -> list[Place]:
    """Return what stands in somebody's rail."""
    return [place for place in RAIL if _may(principal, place)]


def commands_of(principal: Principal | None) -> list[Place]:
    """Return every place that somebody may go to by the command bar."""
    return [place for place in (*RAIL, *SETTINGS, *PRIVACY, *COMMANDS) if _may(principal, place)]


def _may(principal: Principal | None, place: Place) -> bool:
    if principal is None or not principal.may(place.act):
        return False
    return place.act is not Act.MANAGE_OWN_ACCOUNT or principal.user_id is not None
