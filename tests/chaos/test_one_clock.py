"""Only the database's clock decides what is due, leased, late or old."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

SOURCE = Path(str(files("cogep_assist")))
# Where leases, due times, retries, schedules and archiving are decided.
DECIDES = sorted(
    [
        *SOURCE.glob("core/queue*.py"),
        *SOURCE.glob("worker_service/*.py"),
        SOURCE / "core/background_work.py",
        SOURCE / "pipeline/store.py",
        SOURCE / "pipeline/progress.py",
        SOURCE / "ingestion_service/batch_write.py",
        SOURCE / "ingestion_service/group_commit.py",
    ]
)
WALL_CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}


def wall_clock_calls(code: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in WALL_CLOCK:
                found.append(f"line {node.lineno}: {owner}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            names = {alias.name for alias in node.names}
            found += [f"line {node.lineno}: time.{n}" for n in names if ("time", n) in WALL_CLOCK]
        elif isinstance(node, ast.keyword) and node.arg in {"expires", "eta", "countdown"}:
            # Celery reads these on the clock of whoever receives the message.
            found.append(f"line {node.lineno}: {node.arg}=")
    return found


@pytest.mark.parametrize("path", DECIDES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_wall_clock_of_a_process_is_read(path: Path) -> None:
    assert wall_clock_calls(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        "now = datetime.now(UTC)",
        "now = dt.datetime.utcnow()",
        "age = time.time() - then",
        "from time import time",
        "drain.apply_async(expires=15.0)",
        "default=datetime.now",
    ],
)
def test_a_wall_clock_would_be_noticed(code: str) -> None:
    if code.startswith("default"):
        code = f"Column({code})"
    assert wall_clock_calls(code)
