"""The one copy that this process is making: how far it is, and how the last one ended."""

import asyncio
from dataclasses import dataclass, field

from fastapi import Request

from cogep_assist.core import audit
from cogep_assist.core.backup.shelf import make_copy
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.principal import Principal
from cogep_assist.edge.state import EdgeState

# How much of the whole each step is, as a person would wait for it.
STEPS = {
    "hash": ("Contando o que há", 0.0, 0.2),
    "dump": ("Copiando", 0.2, 0.7),
    "verify": ("Relendo a cópia", 0.9, 0.1),
}
log = get_logger(__name__)


@dataclass(slots=True)
class CopyInProgress:
    """What the page shows; ``percent`` is 0 to 100 while ``running``."""

    running: bool = False
    step: str = ""
    percent: int = 0
    made: str = ""
    problem: AppError | None = None
    _task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def begin(self, edge: EdgeState, principal: Principal) -> None:
        """Start a copy in the background. Raises AppError("backup_running")."""
        if self.running:
            raise AppError("backup_running")
        self.running, self.step, self.percent = True, STEPS["hash"][0], 0
        self.made, self.problem = "", None
        self._task = asyncio.create_task(self._make(edge, principal))

    async def _make(self, edge: EdgeState, principal: Principal) -> None:
        try:
            name, manifest = await asyncio.to_thread(make_copy, edge.settings, self._tell)
            async with edge.database.begin() as session:
                details = {"rows": manifest.rows, "revision": manifest.revision}
                await audit.record(session, principal, "backup_made", "backup", name, details)
            self.made = name
        except AppError as problem:
            self.problem = problem
        except Exception:
            log.exception("backup_failed_unexpectedly")
            self.problem = AppError("internal_error")
        finally:
            self.running = False

    def _tell(self, step: str, done: int, total: int) -> None:
        words, start, share = STEPS[step]
        self.step = words
        self.percent = int(100 * (start + share * (done / total if total else 1)))


def copy_in_progress(request: Request) -> CopyInProgress:
    """Return this process's copy, whether one is being made or not."""
    found = getattr(request.app.state, "copy_in_progress", None)
    if found is None:
        found = request.app.state.copy_in_progress = CopyInProgress()
    assert isinstance(found, CopyInProgress)
    return found
