"""Who acts, and what each role may do."""

import enum
from dataclasses import dataclass, field
from uuid import UUID

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role


class PrincipalKind(enum.StrEnum):
    """How somebody came in."""

    USER = "user"
    KEY = "key"
    SESSION = "session"
    # From a site that embeds the question box: nobody has asked who they are.
    VISITOR = "visitor"
    SYSTEM = "system"
    # By a letter that claims to be a customer's: nobody has proved who they are.
    MAIL = "mail"
    ANONYMOUS = "anonymous"


class Act(enum.StrEnum):
    """Everything that a role may or may not do."""

    ASK = "ask"
    SEARCH = "search"
    READ_DOCUMENTS = "read_documents"
    READ_JOBS = "read_jobs"
    INGEST = "ingest"
    MANAGE_JOBS = "manage_jobs"
    DELETE_DOCUMENTS = "delete_documents"
    MANAGE_COLLECTIONS = "manage_collections"
    READ_SOURCES = "read_sources"
    MANAGE_SOURCES = "manage_sources"
    READ_CONTRACT = "read_contract"
    READ_METRICS = "read_metrics"
    READ_INSTALLATION = "read_installation"
    MANAGE_MODELS = "manage_models"
    END_SESSION = "end_session"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    READ_PEOPLE = "read_people"
    LEAD_TEAMS = "lead_teams"
    MANAGE_USERS = "manage_users"
    MANAGE_TEAMS = "manage_teams"
    MANAGE_KEYS = "manage_keys"
    ACT_FOR_OTHERS = "act_for_others"
    MANAGE_OUTBOX = "manage_outbox"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_SITES = "manage_sites"
    READ_CONVERSATIONS = "read_conversations"
    DELETE_CONVERSATIONS = "delete_conversations"
    GIVE_FEEDBACK = "give_feedback"
    READ_GAPS = "read_gaps"
    MANAGE_GAPS = "manage_gaps"
    READ_EVALUATIONS = "read_evaluations"
    MANAGE_EVALUATIONS = "manage_evaluations"
    READ_SYNONYMS = "read_synonyms"
    MANAGE_SYNONYMS = "manage_synonyms"
    USE_MCP = "use_mcp"
    READ_CUSTOMERS = "read_customers"
    SEE_EVERY_CUSTOMER = "see_every_customer"
    MANAGE_CUSTOMERS = "manage_customers"
    MERGE_CUSTOMERS = "merge_customers"
    REVEAL_IDENTIFIERS = "reveal_identifiers"
    DEFINE_CUSTOMER_FIELDS = "define_customer_fields"
    IMPORT_CUSTOMERS = "import_customers"
    EXPORT_CUSTOMERS = "export_customers"
    READ_TICKETS = "read_tickets"
    OPEN_TICKETS = "open_tickets"
    WORK_TICKETS = "work_tickets"
    # The open text of tickets that speak of health, faith and the like (LGPD, art. 11).
    READ_SENSITIVE = "read_sensitive"
    MANAGE_DESK = "manage_desk"
    MANAGE_ERASURES = "manage_erasures"
    EXPORT_SUBJECTS = "export_subjects"
    MANAGE_HOLDS = "manage_holds"
    MANAGE_RETENTION = "manage_retention"
    DRAFT_ARTICLES = "draft_articles"
    REVIEW_ARTICLES = "review_articles"
    READ_AUDIT = "read_audit"
    # Who may be sent texts for models, and what was sent: no text itself.
    READ_PROVIDERS = "read_providers"
    MANAGE_PROVIDERS = "manage_providers"
    READ_ROPA = "read_ropa"
    MANAGE_ROPA = "manage_ropa"
    READ_ACCESS_RECORDS = "read_access_records"
    OPEN_SUBJECT_REQUESTS = "open_subject_requests"
    READ_SUBJECT_REQUESTS = "read_subject_requests"
    MANAGE_SUBJECT_REQUESTS = "manage_subject_requests"
    READ_LEGAL_TERMS = "read_legal_terms"
    MANAGE_LEGAL_TERMS = "manage_legal_terms"
    READ_CONSENTS = "read_consents"
    GIVE_CONSENTS = "give_consents"
    MANAGE_PURPOSES = "manage_purposes"
    REPORT_INCIDENTS = "report_incidents"
    MANAGE_INCIDENTS = "manage_incidents"
    MANAGE_OFFICERS = "manage_officers"
    READ_DECISIONS = "read_decisions"
    ASK_REVIEWS = "ask_reviews"
    REVIEW_DECISIONS = "review_decisions"


EVERYBODY = frozenset(Role)
CURATION = frozenset({Role.ADMIN, Role.CURATOR})
STAFF = frozenset({Role.ADMIN, Role.AGENT, Role.CURATOR, Role.DPO})
SERVING = frozenset({Role.ADMIN, Role.AGENT})
ACCOUNTABLE = frozenset({Role.ADMIN, Role.DPO})
KNOWS_CUSTOMERS = SERVING | {Role.DPO}
ACCOUNTABLE = frozenset({Role.ADMIN, Role.DPO})

ALLOWED: dict[Act, frozenset[Role]] = {
    Act.ASK: EVERYBODY,
    Act.SEARCH: EVERYBODY,
    Act.READ_DOCUMENTS: EVERYBODY,
    # Each sees the jobs of the table in ``core.access.visible_jobs``.
    Act.READ_JOBS: EVERYBODY,
    Act.INGEST: CURATION,
    Act.MANAGE_JOBS: CURATION,
    Act.DELETE_DOCUMENTS: CURATION,
    Act.MANAGE_COLLECTIONS: CURATION,
    # A folder's path tells of the server: those who look after the base alone see it.
    Act.READ_SOURCES: CURATION,
    Act.MANAGE_SOURCES: CURATION,
    Act.READ_CONTRACT: EVERYBODY,
    Act.READ_METRICS: STAFF,
    # Settings, health and copies: they tell of the server.
    Act.READ_INSTALLATION: frozenset({Role.ADMIN}),
    Act.MANAGE_MODELS: frozenset({Role.ADMIN}),
    Act.END_SESSION: EVERYBODY,
    # One's own password, second step and sessions.
    Act.MANAGE_OWN_ACCOUNT: EVERYBODY,
    # Names of colleagues and teams: who attends whom.
    Act.READ_PEOPLE: STAFF,
    # Of the teams that somebody leads: ``core.access_teams``.
    Act.LEAD_TEAMS: STAFF,
    Act.MANAGE_USERS: frozenset({Role.ADMIN}),
    Act.MANAGE_TEAMS: frozenset({Role.ADMIN}),
    Act.MANAGE_KEYS: frozenset({Role.ADMIN}),
    # A key's alone, and only where it was given by name: ``core.access_delegation``.
    Act.ACT_FOR_OTHERS: EVERYBODY,
    Act.MANAGE_OUTBOX: frozenset({Role.ADMIN}),
    Act.MANAGE_WEBHOOKS: frozenset({Role.ADMIN}),
    Act.MANAGE_SITES: frozenset({Role.ADMIN}),
    # Each reads, deletes and rates what they asked themselves.
    Act.READ_CONVERSATIONS: EVERYBODY,
    Act.DELETE_CONVERSATIONS: EVERYBODY,
    Act.GIVE_FEEDBACK: EVERYBODY,
    # What people asked and nobody could answer: ``rag_service.gaps``.
    Act.READ_GAPS: CURATION,
    Act.MANAGE_GAPS: CURATION,
    Act.READ_EVALUATIONS: CURATION,
    Act.MANAGE_EVALUATIONS: CURATION,
    Act.READ_SYNONYMS: STAFF,
    Act.MANAGE_SYNONYMS: CURATION,
    # The way in; each tool asks for its own act besides.
    Act.USE_MCP: EVERYBODY,
    # A requester sees the one customer who they are: ``core.access_customers``.
    Act.READ_CUSTOMERS: KNOWS_CUSTOMERS | {Role.REQUESTER},
    Act.SEE_EVERY_CUSTOMER: KNOWS_CUSTOMERS,
    Act.MANAGE_CUSTOMERS: SERVING,
    Act.MERGE_CUSTOMERS: SERVING,
    Act.REVEAL_IDENTIFIERS: KNOWS_CUSTOMERS,
    Act.DEFINE_CUSTOMER_FIELDS: frozenset({Role.ADMIN}),
    Act.IMPORT_CUSTOMERS: frozenset({Role.ADMIN}),
    # Many people's data leave at once: not for everybody who serves one of them.
    Act.EXPORT_CUSTOMERS: frozenset({Role.ADMIN, Role.DPO}),
    # Each sees the tickets of ``crm_service.tickets.ticket_access``.
    Act.READ_TICKETS: EVERYBODY,
    Act.OPEN_TICKETS: EVERYBODY,
    Act.WORK_TICKETS: SERVING,
    # Of an agent, only who was given it by name: ``Principal.may``.
    Act.READ_SENSITIVE: SERVING,
    Act.MANAGE_DESK: frozenset({Role.ADMIN}),
    Act.MANAGE_ERASURES: ACCOUNTABLE,
    Act.EXPORT_SUBJECTS: ACCOUNTABLE,
    Act.MANAGE_HOLDS: ACCOUNTABLE,
    Act.MANAGE_RETENTION: ACCOUNTABLE,
    # Each sees the articles of ``crm_service.articles.article_access``.
    Act.DRAFT_ARTICLES: SERVING | CURATION,
    Act.REVIEW_ARTICLES: CURATION,
    # Who did what to whose data: for who answers for it.
    Act.READ_PROVIDERS: ACCOUNTABLE,
    Act.MANAGE_PROVIDERS: ACCOUNTABLE,
    Act.READ_AUDIT: ACCOUNTABLE,
    Act.READ_ROPA: ACCOUNTABLE,
    Act.MANAGE_ROPA: ACCOUNTABLE,
    # Secret by Lei 12.965/2014, art. 15: not even who runs the machines reads them in passing.
    Act.READ_ACCESS_RECORDS: frozenset({Role.DPO}),
    # Everybody is a data subject; who serves customers may ask for one of them. Each reads what
    # they asked themselves: ``lgpd_service.requests.request_access``.
    Act.OPEN_SUBJECT_REQUESTS: EVERYBODY,
    Act.READ_SUBJECT_REQUESTS: EVERYBODY,
    Act.MANAGE_SUBJECT_REQUESTS: ACCOUNTABLE,
    Act.READ_LEGAL_TERMS: ACCOUNTABLE,
    Act.MANAGE_LEGAL_TERMS: ACCOUNTABLE,
    # One's own, or a customer's for who serves customers.
    Act.READ_CONSENTS: EVERYBODY,
    Act.GIVE_CONSENTS: EVERYBODY,
    Act.MANAGE_PURPOSES: ACCOUNTABLE,
    # Whoever sees a leak says so; what comes of it is for the encarregado.
    Act.REPORT_INCIDENTS: STAFF,
    Act.MANAGE_INCIDENTS: ACCOUNTABLE,
    Act.MANAGE_OFFICERS: ACCOUNTABLE,
    Act.READ_DECISIONS: EVERYBODY,
    Act.ASK_REVIEWS: EVERYBODY,
    Act.REVIEW_DECISIONS: ACCOUNTABLE,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who acts; ``label`` is what rows remember of them ("user:<uuid>"):
    the owner of conversations, the submitter of jobs. ``came_in_as`` names whoever knocked: the
    key where it acts for a person, else ``label``.

    ``id`` is the user's, the key's, or that of a session which has no user. ``session_id``
    is set for whoever came in by a browser. ``scopes`` narrow a key to some of its role's acts.
    ``by_key`` is the key that acts for this person. ``reads_sensitive``: they were given sight of
    sensitive texts by name, which no agent has by the role.
    """

    kind: PrincipalKind
    role: Role | None
    id: UUID | None = None
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    customer_id: UUID | None = None
    by_key: UUID | None = None
    reads_sensitive: bool = False
    # Put together once: each request asks for them several times.
    label: str = field(init=False, repr=False, compare=False)
    came_in_as: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the names together."""
        label = f"{self.kind.value}:{self.id}" if self.id else self.kind.value
        knocked = f"{PrincipalKind.KEY.value}:{self.by_key}" if self.by_key else label
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "came_in_as", knocked)

    @property
    def user_id(self) -> UUID | None:
        """The user who acts, or None for keys, nameless sessions and the system."""
        return self.id if self.kind is PrincipalKind.USER else None

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the organisation, who may read what is internal."""
        return self.role in STAFF

    def may(self, act: Act) -> bool:
        """Tell whether the role, and the key's scopes where it has any, allow an act."""
        if self.scopes is not None and act.value not in self.scopes:
            return False
        if act is Act.READ_SENSITIVE and self.role is not Role.ADMIN and not self.reads_sensitive:
            return False
        return self.role is not None and self.role in ALLOWED[act]

    def require(self, act: Act) -> None:
        """Raise AppError("role_not_allowed") unless the role allows an act."""
        if not self.may(act):
            raise AppError("role_not_allowed")


SYSTEM = Principal(PrincipalKind.SYSTEM, Role.ADMIN)
ANONYMOUS = Principal(PrincipalKind.ANONYMOUS, None)
