"""Verify the audit on request: one run at a time, noted in the audit itself."""

import asyncio
import threading
from pathlib import Path
from typing import Any

from cogep_assist.core import audit
from cogep_assist.core.audit_chain import chain_end
from cogep_assist.core.audit_checkpoints import kept_checkpoints
from cogep_assist.core.audit_report import VerifyReport
from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal

# It reads the whole audit: two runs at once would only slow each other down.
_running = threading.Lock()


async def verify_on_request(
    database: Database, principal: Principal, data_dir: Path
) -> VerifyReport:
    """Verify everything against the data folder's checkpoints and note that it was done.

    Raises AppError("role_not_allowed"|"audit_verification_running").
    """
    principal.require(Act.READ_AUDIT)
    report = await asyncio.to_thread(_verify, database, data_dir)
    details = {"intact": report.intact, "checked": report.checked}
    async with database.begin() as session:
        await audit.record(session, principal, "audit_verified", "audit", "-", details)
    return report


async def newest_checkpoint(database: Database, principal: Principal) -> dict[str, Any]:
    """Return the chain's end as a signed document. Raises AppError("audit_empty")."""
    principal.require(Act.READ_AUDIT)
    async with database.begin() as session:
        end = await chain_end(session)
    if end is None:
        raise AppError("audit_empty")
    return end.checkpoint()


def _verify(database: Database, data_dir: Path) -> VerifyReport:
    if not _running.acquire(blocking=False):
        raise AppError("audit_verification_running")
    try:
        return verify_audit(database.url, kept_checkpoints(data_dir))
    finally:
        _running.release()
