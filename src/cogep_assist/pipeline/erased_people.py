"""Keep people who were erased out of what is published, whenever it was read.

A document may have been sent, downloaded or restored before an erasure and be published after it.
What finds people by their tombstones stands above the pipeline, and is given to it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import (
    ArchivedJob,
    Blob,
    DocumentVersion,
    InboundMail,
    IngestionJob,
    TicketAttachment,
)
from cogep_assist.core.tombstones import erasure_mark
from cogep_assist.pipeline.personal_data import Screened

LEFT_OUT = "erased_person_left_out"
PERHAPS = "perhaps_erased_person"


@dataclass(frozen=True, slots=True)
class Cleared:
    """Texts without erased people, each as long as before; ``doubtful``: a namesake may stand."""

    texts: Sequence[str]
    doubtful: bool = False


# Texts, and since when the oldest of what they come from is here.
TakeOut = Callable[[AsyncSession, Sequence[str], datetime], Awaitable[Cleared]]


@dataclass(frozen=True, slots=True)
class Checked:
    """A document without erased people, and the mark as of which that is so."""

    screened: Screened
    mark: tuple[int, ...]
    names: Sequence[str | None] = ()
    changed: bool = False


async def without_erased_people(
    session: AsyncSession,
    take_out: TakeOut | None,
    screened: Screened,
    names: Sequence[str | None],
    since: datetime,
) -> Checked:
    """Take erased people out of a document, its title, and the names that it came under."""
    mark = await erasure_mark(session)
    if take_out is None:
        return Checked(screened, mark)
    parsed = screened.parsed
    before = [parsed.text, screened.title, parsed.title or "", *(name or "" for name in names)]
    cleared = await take_out(session, before, since)
    text, title, own_title, *called = cleared.texts
    warnings = parsed.warnings + ((PERHAPS,) if cleared.doubtful else ())
    changed = list(cleared.texts) != before
    if not changed:
        return Checked(replace(screened, parsed=replace(parsed, warnings=warnings)), mark)
    parsed = replace(parsed, text=text, title=own_title or None, warnings=(*warnings, LEFT_OUT))
    # The original tells what the text no longer does.
    clean = Screened(parsed, title, keeps_original=False)
    return Checked(clean, mark, [name or None for name in called], changed=True)


async def forget_submission(
    session: AsyncSession, job_id: UUID, blob_id: UUID | None, names: Sequence[str | None]
) -> None:
    """Leave of a submission what its document may say: no bytes, and title and file name so."""
    title, file_name = names
    await session.execute(
        sa.update(IngestionJob)
        .where(IngestionJob.id == job_id)
        .values(blob_id=None, title=title, file_name=file_name)
    )
    if blob_id is None:
        return
    holders = (IngestionJob, ArchivedJob, DocumentVersion, TicketAttachment, InboundMail)
    free = [~sa.exists().where(holder.blob_id == Blob.id) for holder in holders]
    await session.execute(sa.delete(Blob).where(Blob.id == blob_id, *free))
