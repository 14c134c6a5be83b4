import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from cogep_command import Cogep
from sqlalchemy.engine import URL

from cogep_assist.core.db import conninfo


@pytest.fixture
def cogep(
    database_url: URL,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Cogep]:
    """``cogep`` on this test's database; logs go back to where they were afterwards."""
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    monkeypatch.setenv("COGEP_DATA_DIR", str(tmp_path / "dados"))
    # The parsers of the test run side by side with those of other tests.
    monkeypatch.setenv("COGEP_WORKER_PARSERS", "1")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Cogep(capsys)
    root.handlers, root.level = handlers, level
