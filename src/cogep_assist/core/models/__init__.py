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
from cogep_assist.core.models.ai_conversations import (
    Answer,
    AnswerFeedback,
    AnswerMode,
    Citation,
    Conversation,
    FeedbackRating,
    FeedbackReason,
)
from cogep_assist.core.models.ai_documents import (
    Blob,
    Chunk,
    Collection,
    Document,
    DocumentVersion,
    Visibility,
)
from cogep_assist.core.models.ai_embeddings import ChunkEmbedding
from cogep_assist.core.models.ai_gaps import Gap, GapAsk, GapCause, GapCollection, GapStatus
from cogep_assist.core.models.ai_index import LexicalPosting, LexicalSegment
from cogep_assist.core.models.ai_queue import (
    ArchivedJob,
    IngestionJob,
    JobStage,
    JobStatus,
    SourceKind,
)
from cogep_assist.core.models.ai_sources import FollowedKind, FollowedSource, SourceItem
from cogep_assist.core.models.base import SCHEMAS, Base, PersonalClass, PersonalLabel
from cogep_assist.core.models.lgpd import AuditEvent
from cogep_assist.core.models.lgpd_transfers import ModelKind, ModelProvider, ModelTransfer

__all__ = [
    "SCHEMAS",
    "Answer",
    "AnswerFeedback",
    "AnswerMode",
    "ApiKey",
    "ArchivedJob",
    "AuditEvent",
    "BackgroundJob",
    "BackgroundStatus",
    "Base",
    "Blob",
    "Chunk",
    "ChunkEmbedding",
    "Citation",
    "Collection",
    "Conversation",
    "Document",
    "DocumentVersion",
    "FeedbackRating",
    "FeedbackReason",
    "FollowedKind",
    "FollowedSource",
    "Gap",
    "GapAsk",
    "GapCause",
    "GapCollection",
    "GapStatus",
    "IdempotencyKey",
    "IngestionJob",
    "JobStage",
    "JobStatus",
    "LexicalPosting",
    "LexicalSegment",
    "ModelKind",
    "ModelProvider",
    "ModelTransfer",
    "PersonalClass",
    "PersonalLabel",
    "Role",
    "ScheduleRun",
    "Session",
    "SignInLink",
    "SourceItem",
    "SourceKind",
    "Visibility",
    "Worker",
]
