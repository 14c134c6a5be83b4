"""Delete the records of accesses that are past their term, and write down that it was done."""

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_records import delete_old_records
from cogep_assist.core.config import get_settings
from cogep_assist.core.principal import SYSTEM

SWEEP_ACCESS_RECORDS = "sweep_access_records"


async def sweep_access_records(session: AsyncSession, _subject: str = "") -> None:
    """Delete what the term of Lei 12.965/2014, art. 15, does not ask for any more."""
    months = get_settings().access_record_months
    gone = await delete_old_records(session, months)
    if gone:
        details = {"records": gone, "months": months}
        await audit.record(session, SYSTEM, "access_records_deleted", "access_record", "-", details)
