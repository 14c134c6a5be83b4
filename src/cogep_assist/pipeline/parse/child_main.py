"""Run inside a parser child: read documents from standard input, answer on standard output."""

import contextlib
import importlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any, BinaryIO

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse import sandbox
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.dispatch import parse_document
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.frames import BrokenFrameError, read_frame, write_frame
from cogep_assist.pipeline.parse.limits import MIB, ParseLimits
from cogep_assist.pipeline.parse.mail_message import parse_mail
from cogep_assist.pipeline.parse.message_texts import part_messages

_WARM_MODULES = ("cogep_assist.pipeline.parse.html", "cogep_assist.pipeline.parse.markdown")
# For a text of up to a MiB, and again for each MiB; a hundred times what a slow machine takes.
_TEXT_SECONDS = 10


def main() -> None:
    """Serve documents until the parent closes the pipe. Arguments: parent's pid, memory bytes."""
    requests, replies = _own_pipes()
    reached = sandbox.enter(int(sys.argv[1]), int(sys.argv[2]))
    write_frame(replies, {"hello": reached})
    for name in _WARM_MODULES:
        importlib.import_module(name)
    with contextlib.suppress(BrokenFrameError, BrokenPipeError):
        while True:
            request, data = read_frame(requests, max_body=2**40)
            _answer(request, data, replies)
            _empty_folder()
    os._exit(0)


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to ourselves: what a library prints must not reach the protocol."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return requests, replies


def _answer(request: dict[str, Any], data: bytes, replies: BinaryIO) -> None:
    limits = ParseLimits(**request["limits"])
    sandbox.allow_cpu(_cpu_seconds(data, limits))

    def progress(stage: str, done: int, total: int) -> None:
        write_frame(replies, {"progress": [stage, done, total]})

    try:
        if request.get("task") == "mail":
            mail, body = parse_mail(data)
            header: dict[str, Any] = {"mail": mail}
        elif request.get("task") == "messages":
            header, body = {}, part_messages(data)
        elif request.get("task") == "picture":
            # Only a child that draws needs the engine before it is asked for a document.
            drawer = "pdf_picture" if b"%PDF-" in data[:1024] else "picture"
            module = importlib.import_module(f"cogep_assist.pipeline.parse.{drawer}")
            header, body = module.draw_page(data, request["page"], request["quote"])
        else:
            context = ParseContext(request["name"], request["declared_type"], limits, progress)
            header, body = _describe(parse_document(data, context))
    except AppError as error:
        header, body = {"error": error.code, "details": error.details}, b""
    except MemoryError:
        header, body = {"error": "parser_memory_limit", "details": {}}, b""
    except RecursionError:
        header, body = {"error": "document_too_nested", "details": {}}, b""
    except Exception as error:  # noqa: BLE001  whatever a parser library raises over bad bytes
        header, body = {"error": "parser_failed", "details": {"cause": type(error).__name__}}, b""
    header["peak"] = sandbox.peak_memory_bytes()
    write_frame(replies, header, body)


def _cpu_seconds(data: bytes, limits: ParseLimits) -> int:
    """Return the processor time for a document: text is read fast, whatever is written in it.

    What takes longer was made to: thousands of attributes, of comments that never end.
    """
    head = data[:1024]
    if b"%PDF-" in head or b"\x00" in head or head.startswith(b"PK"):
        return limits.cpu_seconds
    return min(limits.cpu_seconds, _TEXT_SECONDS + _TEXT_SECONDS * len(data) // MIB)


def _describe(document: ParsedDocument) -> tuple[dict[str, Any], bytes]:
    header = {
        "document": {
            "title": document.title,
            "media_type": document.media_type,
            "language": document.language,
            "page_count": document.page_count,
            "parser": document.parser,
            "warnings": list(document.warnings),
            "metadata": dict(document.metadata),
            "blocks": [[b.kind, b.start, b.end, b.level, b.page] for b in document.blocks],
        }
    }
    return header, document.text.encode("utf-8")


def _empty_folder() -> None:
    """Leave nothing of one document in the working folder for the next."""
    with os.scandir() as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    Path(entry.path).unlink()
