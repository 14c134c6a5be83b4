"""The bundled base as submissions: what ``cogep up`` sends, and what a curator may ask for."""

from cogep_assist import sample
from cogep_assist.core.config import Settings
from cogep_assist.ingestion_service.submission import (
    HeldContent,
    Options,
    Submission,
    file_submission,
)


def sample_submissions(settings: Settings) -> list[Submission]:
    """Return every bundled document, for the collection of its own."""
    return [
        file_submission(
            document.path.name,
            None,
            HeldContent.of(document.path.read_bytes()),
            Options(
                collection=sample.COLLECTION,
                external_id=document.source_key,
                title=document.title,
            ),
            settings,
        )
        for document in sample.documents()
    ]
