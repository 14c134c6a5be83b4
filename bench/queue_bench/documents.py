"""Real documents through the whole pipeline, many in flight or one at a time.

    documents.py parsing IN_FLIGHT ADDRESS DOCUMENTS     (PDFs of some pages, read by the children)
    documents.py downloads IN_FLIGHT ADDRESS DOCUMENTS   (a web server that takes its time)

It is the same worker with another ``COGEP_WORKER_CONCURRENCY``; the clock runs from its first look
at the queue until the last document is stored.
"""

import asyncio
import io
import json
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import uvloop
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.secret_key import load as load_secret
from cogep_assist.ingestion_service.submission import (
    HeldContent,
    Options,
    Submission,
    file_submission,
    url_submission,
)
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.worker_service.process import drain_once

SECRET_KEY = "uma-chave-de-medida-com-trinta-e-dois-bytes"
PAGES = 30
LATENCY_SECONDS = 0.25
SAMPLE = files("cogep_assist.sample") / "documents"


async def measure(kind: str, in_flight: int, address: str, documents: int) -> dict[str, float]:
    """Store documents by a worker with so many slots and return how many a second."""
    _empty(address)
    with tempfile.TemporaryDirectory() as folder:
        async with await asyncio.start_server(_answer_late, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            settings = load_settings(
                database_url=address,
                secret_key=SECRET_KEY,
                data_dir=Path(folder),
                worker_concurrency=in_flight,
                fetch_allow_hosts=[f"127.0.0.1:{port}"],
            )
            load_secret(settings)
            database = Database(make_url(address), pool_size=settings.database_pool_size)
            await submit(database, SYSTEM, _submissions(kind, documents, port, settings))
            began = time.perf_counter()
            await drain_once(settings, database)
            seconds = time.perf_counter() - began
            await database.close()
    _all_stored(address, documents)
    return {"per_s": documents / seconds}


def _submissions(kind: str, documents: int, port: int, settings: Any) -> list[Submission]:
    if kind == "downloads":
        links = (f"http://127.0.0.1:{port}/{uuid7()}.html" for _ in range(documents))
        return [url_submission(link, Options()) for link in links]
    pdf = _pdf()
    contents = (HeldContent.of(pdf + f"\n%% {uuid7()}\n".encode()) for _ in range(documents))
    return [
        file_submission(f"{n}.pdf", "application/pdf", content, Options(), settings)
        for n, content in enumerate(contents)
    ]


def _pdf() -> bytes:
    words = (SAMPLE / "teletrabalho.md").read_text("utf-8").split()
    lines = [" ".join(words[n : n + 10]) for n in range(0, len(words), 10)]
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    for page in range(PAGES):
        text = canvas.beginText(60, 780)
        for n in range(45):
            text.textLine(lines[(page * 45 + n) % len(lines)])
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


async def _answer_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve a page of the sample, a different one under each address, after a pause."""
    page = (SAMPLE / "ferias.html").read_text("utf-8")
    try:
        while request := await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(LATENCY_SECONDS)
            path = request.split(b" ", 2)[1].decode()
            body = page.replace("</body>", f"<p>{path}</p></body>").encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _empty(address: str) -> None:
    with psycopg.connect(conninfo(make_url(address)), autocommit=True) as owner:
        owner.execute("TRUNCATE ai.ingestion_queue, ai.document, ai.blob CASCADE")


def _all_stored(address: str, documents: int) -> None:
    with psycopg.connect(conninfo(make_url(address)), autocommit=True) as owner:
        found = owner.execute(
            "SELECT status::text, error_code, count(*) FROM ai.ingestion_queue GROUP BY 1, 2"
        ).fetchall()
    assert found == [("completed", None, documents)], found


def main() -> None:
    kind, in_flight, address, documents = sys.argv[1:]
    configure_logging("ERROR")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        work = measure(kind, int(in_flight), address, int(documents))
        print(json.dumps(runner.run(work)))


if __name__ == "__main__":
    main()
