"""Every model, exported in one place: the only truth of the schema."""

from cogep_assist.core.models.access import (
    ApiKey,
    BackgroundJob,
    BackgroundStatus,
    IdempotencyKey,
    Role,
    ScheduleRun,
    Session,
    SignInLink,
    Worker,
)
from cogep_assist.core.models.access_calendars import CalendarFeed, FeedKind
from cogep_assist.core.models.access_models import ModelChoice
from cogep_assist.core.models.access_outbox import OutboxAttempt, OutboxMessage, OutboxStatus
from cogep_assist.core.models.access_people import CollectionTeam, Team, TeamMember, User
from cogep_assist.core.models.access_proofs import (
    KnownDevice,
    LinkPurpose,
    OidcAttempt,
    OidcIdentity,
    RecoveryCode,
    SignInDelay,
    UserLink,
)
from cogep_assist.core.models.access_sites import Site, SiteConsent, SiteVisit
from cogep_assist.core.models.access_webhooks import Webhook, WebhookStatus
from cogep_assist.core.models.ai_conversations import (
    Answer,
    AnswerFeedback,
    AnswerMode,
    Citation,
    Conversation,
    Courtesy,
    FeedbackRating,
    FeedbackReason,
)
from cogep_assist.core.models.ai_documents import (
    Blob,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    HiddenPassage,
    PersonalDataPolicy,
    Visibility,
)
from cogep_assist.core.models.ai_embeddings import (
    ChunkEmbedding,
    VectorRefusal,
    VectorSpace,
    VectorState,
)
from cogep_assist.core.models.ai_evaluations import (
    AnswerThreshold,
    EvaluationRun,
    QuestionSet,
    SetQuestion,
)
from cogep_assist.core.models.ai_gaps import (
    AnswerNotice,
    Gap,
    GapAsk,
    GapCause,
    GapCollection,
    GapStatus,
)
from cogep_assist.core.models.ai_index import LexicalPosting, LexicalSegment
from cogep_assist.core.models.ai_query_words import AcronymUse, Synonym, SynonymDirection
from cogep_assist.core.models.ai_queue import (
    ArchivedJob,
    IngestionJob,
    JobStage,
    JobStatus,
    SourceKind,
)
from cogep_assist.core.models.ai_sources import FollowedKind, FollowedSource, SourceItem
from cogep_assist.core.models.base import SCHEMAS, Base, PersonalClass, PersonalLabel
from cogep_assist.core.models.crm_articles import Article, ArticleStatus
from cogep_assist.core.models.crm_customer_changes import (
    CustomerDuplicate,
    CustomerImport,
    CustomerImportLine,
    CustomerMerge,
    DuplicateStatus,
    ImportOutcome,
    ImportStatus,
    MergeChange,
    OnDuplicate,
)
from cogep_assist.core.models.crm_customers import (
    ContactKind,
    Customer,
    CustomerContact,
    CustomerEvent,
    CustomerField,
    CustomerKind,
    CustomerRelation,
    CustomerTag,
    FieldType,
    NameWord,
    RelationKind,
)
from cogep_assist.core.models.crm_desk_tools import Macro, ReplyTemplate, SavedView, TicketPresence
from cogep_assist.core.models.crm_imports import (
    BatchStatus,
    ImportBatch,
    ImportRecord,
    PastSystem,
    RecordKind,
    RecordOutcome,
)
from cogep_assist.core.models.crm_mail import (
    InboundMail,
    MailAddress,
    MailStatus,
    TicketLetter,
)
from cogep_assist.core.models.crm_notices import TicketNotice, TicketNoticeKind
from cogep_assist.core.models.crm_reports import REPORT_CHANGE, ReportStretch
from cogep_assist.core.models.crm_sla import (
    BusinessCalendar,
    CalendarDay,
    SlaNotice,
    SlaPolicy,
    SlaStage,
    SlaTarget,
    SlaTargetName,
    TicketSla,
)
from cogep_assist.core.models.crm_ticket_entries import (
    EntryKind,
    LinkKind,
    TicketAttachment,
    TicketEntry,
    TicketEvent,
    TicketLink,
    TicketMerge,
    TicketRating,
)
from cogep_assist.core.models.crm_ticket_sensitivity import TicketSensitivity
from cogep_assist.core.models.crm_tickets import (
    AssignmentRule,
    ProtocolCounter,
    Ticket,
    TicketChannel,
    TicketLevel,
    TicketPriority,
    TicketQueue,
    TicketStatus,
    WaitingOn,
)
from cogep_assist.core.models.lgpd import AUDIT_PENDING, AuditEvent, AuditSeal
from cogep_assist.core.models.lgpd_access_records import AccessRecord, PreservationOrder
from cogep_assist.core.models.lgpd_consents import (
    ConsentAct,
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    Guardian,
    PurposeVersion,
)
from cogep_assist.core.models.lgpd_deadlines import (
    ClockObject,
    DeadlineRule,
    DeadlineUnit,
    LegalClock,
    LegalDay,
    OrganizationProfile,
)
from cogep_assist.core.models.lgpd_decisions import (
    AutomatedDecision,
    DecisionKind,
    DecisionReview,
    ReviewOutcome,
)
from cogep_assist.core.models.lgpd_erasures import (
    Erasure,
    ErasureOutcome,
    ErasureStatus,
    ErasureTombstone,
    FenceKind,
    KeepingGround,
    PreservedOriginal,
    SubjectFence,
    SubjectKeeping,
)
from cogep_assist.core.models.lgpd_exports import SubjectExport
from cogep_assist.core.models.lgpd_governance import GovernanceKind, GovernanceRecord
from cogep_assist.core.models.lgpd_holds import HeldType, HoldKind, HoldTarget, LegalHold
from cogep_assist.core.models.lgpd_incidents import (
    Incident,
    IncidentDecision,
    IncidentStatus,
    IncidentStep,
    IncidentStepKind,
    IncidentSubject,
)
from cogep_assist.core.models.lgpd_officers import OfficerAppointment, OfficerKind
from cogep_assist.core.models.lgpd_privacy import (
    PseudonymVault,
    RegisteredProvider,
    TransferMechanism,
)
from cogep_assist.core.models.lgpd_processing import (
    ImpactReport,
    PrivacyNotice,
    ProcessingActivity,
    ProcessingRole,
    RopaVersion,
)
from cogep_assist.core.models.lgpd_receipts import Receipt, ReceiptKind
from cogep_assist.core.models.lgpd_requests import (
    AccessForm,
    AnswerDelivery,
    IdentityCheck,
    IdentityMethod,
    LgpdCounter,
    RepresentativeKind,
    RequestChannel,
    RequestDocument,
    RequestNotice,
    RequestOutcome,
    RequestRegime,
    RequestStatus,
    RequestStep,
    RequestStepKind,
    SubjectRequest,
    SubjectRight,
)
from cogep_assist.core.models.lgpd_retention import (
    RetentionFate,
    RetentionRule,
    RetentionRun,
    RetentionRunStatus,
)
from cogep_assist.core.models.lgpd_transfers import ModelKind, ModelProvider, ModelTransfer

__all__ = [
    "AUDIT_PENDING", "REPORT_CHANGE", "SCHEMAS", "AccessForm", "AccessRecord", "AcronymUse",
    "Answer", "AnswerDelivery", "AnswerFeedback", "AnswerMode", "AnswerNotice", "AnswerThreshold",
    "ApiKey", "ArchivedJob", "Article",
    "ArticleStatus", "AssignmentRule", "AuditEvent", "AuditSeal", "AutomatedDecision",
    "BackgroundJob", "BackgroundStatus", "Base", "BatchStatus", "Blob", "BusinessCalendar",
    "CalendarDay",
    "CalendarFeed",
    "Chunk", "ChunkEmbedding", "Citation", "ClockObject", "Collection",
    "CollectionTeam", "ConsentAct", "ConsentChannel", "ConsentEvent", "ConsentPurpose",
    "ContactKind", "Conversation", "Courtesy", "Customer", "CustomerContact", "CustomerDuplicate",
    "CustomerEvent", "CustomerField", "CustomerImport", "CustomerImportLine", "CustomerKind",
    "CustomerMerge", "CustomerRelation", "CustomerTag", "DeadlineRule", "DeadlineUnit",
    "DecisionKind", "DecisionReview", "Document", "DocumentVersion", "DuplicateStatus",
    "EntryKind", "Erasure", "ErasureOutcome", "ErasureStatus", "ErasureTombstone",
    "EvaluationRun",
    "FeedKind", "FeedbackRating", "FeedbackReason", "FenceKind", "FieldType", "FollowedKind",
    "FollowedSource", "Gap", "GapAsk", "GapCause", "GapCollection", "GapStatus",
    "GovernanceKind", "GovernanceRecord", "Guardian",
    "HeldType", "HiddenPassage", "HoldKind", "HoldTarget", "IdempotencyKey", "IdentityCheck",
    "IdentityMethod",
    "ImpactReport", "ImportBatch", "ImportOutcome", "ImportRecord", "ImportStatus", "InboundMail",
    "Incident", "IncidentDecision", "IncidentStatus", "IncidentStep", "IncidentStepKind",
    "IncidentSubject", "IngestionJob", "JobStage", "JobStatus", "KeepingGround", "KnownDevice",
    "LegalClock", "LegalDay", "LegalHold", "LexicalPosting", "LexicalSegment", "LgpdCounter",
    "LinkKind", "LinkPurpose", "Macro", "MailAddress", "MailStatus", "MergeChange", "ModelChoice",
    "ModelKind",
    "ModelProvider", "ModelTransfer", "NameWord", "OfficerAppointment", "OfficerKind",
    "OidcAttempt", "OidcIdentity", "OnDuplicate", "OrganizationProfile", "OutboxAttempt",
    "OutboxMessage", "OutboxStatus", "PastSystem", "PersonalClass", "PersonalDataPolicy",
    "PersonalLabel", "PreservationOrder", "PreservedOriginal", "PrivacyNotice",
    "ProcessingActivity", "ProcessingRole", "ProtocolCounter", "PseudonymVault", "PurposeVersion",
    "QuestionSet", "Receipt", "ReceiptKind", "RecordKind", "RecordOutcome", "RecoveryCode",
    "RegisteredProvider", "RelationKind", "ReplyTemplate", "ReportStretch", "RepresentativeKind",
    "RequestChannel",
    "RequestDocument", "RequestNotice", "RequestOutcome", "RequestRegime", "RequestStatus",
    "RequestStep", "RequestStepKind", "RetentionFate", "RetentionRule", "RetentionRun",
    "RetentionRunStatus", "ReviewOutcome", "Role", "RopaVersion", "SavedView", "ScheduleRun",
    "Session", "SetQuestion", "SignInDelay", "SignInLink", "Site", "SiteConsent", "SiteVisit",
    "SlaNotice", "SlaPolicy", "SlaStage", "SlaTarget", "SlaTargetName", "SourceItem",
    "SourceKind", "SubjectExport", "SubjectFence",
    "SubjectKeeping", "SubjectRequest", "SubjectRight", "Synonym", "SynonymDirection", "Team",
    "TeamMember", "Ticket", "TicketAttachment", "TicketChannel", "TicketEntry", "TicketEvent",
    "TicketLetter", "TicketLevel", "TicketLink", "TicketMerge", "TicketNotice",
    "TicketNoticeKind", "TicketPresence", "TicketPriority",
    "TicketQueue", "TicketRating", "TicketSensitivity", "TicketSla", "TicketStatus",
    "TransferMechanism", "User", "UserLink", "VectorRefusal", "VectorSpace", "VectorState",
    "Visibility", "WaitingOn", "Webhook", "WebhookStatus", "Worker",
]  # fmt: skip
