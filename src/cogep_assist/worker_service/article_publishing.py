"""The duty that sends a published article through the intake, as any other source."""

from uuid import UUID

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.articles.article_approval import published_text
from cogep_assist.ingestion_service.submission import Options, text_submission
from cogep_assist.ingestion_service.submissions import submit


async def send_article(database: Database, settings: Settings, article_id: UUID) -> None:
    """Submit an article's text; once more is a new version of the same document, or none."""
    async with database.begin() as session:
        told = await published_text(session, article_id)
    if told is None:
        return
    source_key, collection, title, text = told
    options = Options(collection=collection, external_id=source_key, title=title)
    await submit(
        database,
        SYSTEM,
        [text_submission(text, options, settings)],
        max_attempts=settings.job_max_attempts,
    )
