"""Whether seeded values are left: in a dump, in files, in the queue, in the index.

The looks are taken from outside, with PostgreSQL's own dump, and know nothing of how the product
searches: what they find is a plain text, folded and lower-cased, or the bytes behind a column.
"""

import re
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from cogep_assist.core.backup.programs import dump_program, start_client
from cogep_assist.core.db import connect_arguments, conninfo

_BYTES = re.compile(r"\\\\x([0-9a-f]{8,})")
QUEUES = ("ai.ingestion_queue", "ai.ingestion_archive", "access.background_job", "access.outbox")


def folded(text: str) -> str:
    """Return a text in lower case without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def dump_text(owner: URL) -> str:
    """Return the whole database as pg_dump writes it, with the texts in its bytes behind it."""
    with psycopg.connect(conninfo(owner), **connect_arguments(owner, as_app=False)) as connection:
        major = connection.info.server_version // 10_000
    with start_client(
        dump_program(major), owner, ["--format=plain"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        written = process.stdout.read().decode("utf-8", "replace")
    behind = [bytes.fromhex(m) for m in _BYTES.findall(written) if len(m) % 2 == 0]
    texts = [data.decode("utf-8", "replace") for data in behind]
    return folded("\n".join([written, *texts]))


def queue_text(owner: URL) -> str:
    """Return all that waits in the queues, as text."""
    told: list[str] = []
    with psycopg.connect(conninfo(owner), **connect_arguments(owner, as_app=False)) as connection:
        for table in QUEUES:
            rows = connection.execute(f"TABLE {table}".encode())
            told += [str(row) for row in rows]
    return folded("\n".join(told))


def index_text(owner: URL) -> str:
    """Return the words that the index holds, and the texts of its passages."""
    told: list[str] = []
    with psycopg.connect(conninfo(owner), **connect_arguments(owner, as_app=False)) as connection:
        for query in (
            "SELECT term FROM ai.lexical_posting",
            "SELECT encode(coalesce(payload, vocabulary), 'escape') FROM ai.lexical_segment",
            "SELECT heading || ' ' || text FROM ai.chunk",
            "SELECT word FROM crm.name_word",
        ):
            told += [row[0] or "" for row in connection.execute(query.encode())]
    return folded("\n".join(told))


def left_in(text: str, sentinels: Sequence[str]) -> list[str]:
    """Return the sentinels that a folded text holds."""
    return [value for value in sentinels if folded(value) in text]


def left_in_files(folder: Path, sentinels: Sequence[str]) -> dict[str, int]:
    """Count the files whose bytes hold a sentinel, as it is or in capitals, by top folder."""
    forms = [
        form.encode()
        for value in sentinels
        for form in dict.fromkeys([value, value.lower(), value.upper()])
    ]
    found: dict[str, int] = {}
    pattern = re.compile(b"|".join(map(re.escape, forms)) or b"$impossible")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and pattern.search(path.read_bytes()):
            top = path.relative_to(folder).parts[0]
            found[top] = found.get(top, 0) + 1
    return found


def figures(owner: URL, sentinels: Sequence[str]) -> dict[str, Any]:
    """Count the sentinels that are left in dump, queue and index."""
    return {
        "dump": len(left_in(dump_text(owner), sentinels)),
        "queue": len(left_in(queue_text(owner), sentinels)),
        "index": len(left_in(index_text(owner), sentinels)),
    }
