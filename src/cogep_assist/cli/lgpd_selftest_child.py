"""Run one erasure in a process of its own, which ends itself at a step as a power cut would."""

import os
import signal
import sys
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import make_url

from cogep_assist.cli.event_loop import run
from cogep_assist.core import secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure

ADDRESS = "COGEP_SELFTEST_DATABASE"


def main(arguments: list[str]) -> int:
    """Take the data folder, the erasure's id and the step at which to die."""
    folder, erasure_id, fatal = Path(arguments[0]), UUID(arguments[1]), arguments[2]
    settings = load_settings(data_dir=folder)
    secret_key.load(settings)

    def die_at(step: str) -> None:
        if step == fatal:
            # Nothing is caught, nothing is tidied up: as kill -9.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    async def work() -> None:
        database = Database(make_url(os.environ[ADDRESS]), pool_size=2)
        try:
            await run_erasure(database, folder, erasure_id, die_at)
        finally:
            await database.close()

    run(work())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
