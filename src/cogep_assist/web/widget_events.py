"""An answer on its way to a visitor of a site: words, titles and quotes, no server's addresses."""

from typing import Any

from cogep_assist.rag_service.abstention_words import lacking_sentences
from cogep_assist.rag_service.ask_events import event_text
from cogep_assist.rag_service.ask_stream import AnswerEvent, DeltaEvent, SourcesEvent
from cogep_assist.rag_service.schemas import AskReply, CitationReply, ClosestDocument
from cogep_assist.web.answer_view import BlockView, LineView, answer_blocks
from cogep_assist.web.page_words import page_message


def visitor_event(event: AnswerEvent) -> str:
    """Write an event with what a visitor reads of it."""
    if isinstance(event, SourcesEvent):
        return event_text("sources", {"citations": [_source(one) for one in event.citations]})
    if isinstance(event, DeltaEvent):
        return event_text("delta", {"text": event.text, "citations": list(event.citations)})
    return event_text("done", _reply(event.reply))


def _reply(reply: AskReply) -> dict[str, Any]:
    return {
        "answer_id": str(reply.id),
        "conversation_id": str(reply.conversation_id),
        "understood": reply.resolved_question,
        "abstained": reply.abstained,
        "courtesy": reply.courtesy.value if reply.courtesy else None,
        "citations": [_source(one) for one in reply.citations],
        "blocks": [_block(block) for block in answer_blocks(reply)],
        "closest": [_place(one) for one in reply.closest],
        "lacking": lacking_sentences(reply.lacking),
        "suggestion": reply.lacking.suggestion if reply.lacking else None,
        "notice": page_message(reply.notice.message) if reply.notice else None,
    }


def _block(block: BlockView) -> dict[str, Any]:
    """Return a paragraph, list or table, each text in three: what stands in the middle is bold."""
    more = f"… {block.last.more} na fonte" if block.last.more else ""
    if block.is_table:
        caption = block.named.caption if block.named else ""
        return {"kind": "table", "caption": caption, "lines": _rows(block), "more": more}
    lines = [
        [{"parts": one.parts, "citations": one.citations} for one in line.sentences]
        for line in block.lines
    ]
    return {"kind": "list" if block.is_list else "text", "lines": lines, "more": more}


def _rows(block: BlockView) -> list[dict[str, Any]]:
    """Return a table's rows; of a single one that says its heads, a row for each of its cells."""
    table = block.named
    if table is None:
        return [_row(line) for line in block.lines]
    if table.single:
        rows: list[dict[str, Any]] = [
            {"head": False, "cells": [_plain(name), cell], "citations": []}
            for name, cell in table.pairs
        ]
        rows[-1]["citations"] = table.rows[0].citations
        return rows
    head = {"head": True, "cells": [_plain(name) for name in table.heads], "citations": []}
    return [
        head,
        *({"head": False, "cells": row.cells, "citations": row.citations} for row in table.rows),
    ]


def _plain(text: str) -> tuple[str, str, str]:
    return text, "", ""


def _row(line: LineView) -> dict[str, Any]:
    row = line.sentences[0]
    return {"head": line.table == "header", "cells": row.cells, "citations": row.citations}


def _source(cited: CitationReply) -> dict[str, Any]:
    return {"n": cited.n, "quote": cited.quote, **_place(cited)}


def _place(found: CitationReply | ClosestDocument) -> dict[str, Any]:
    """Return title, page and, of what lies on the web, where: paths of this server stay here."""
    on_the_web = (found.uri or "").startswith(("https://", "http://"))
    return {"title": found.title, "page": found.page, "href": found.uri if on_the_web else None}
