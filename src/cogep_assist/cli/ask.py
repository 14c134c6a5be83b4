"""``cogep ask``: an answer from the base, with the source of each sentence."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from cogep_assist.answering.generate import writer_from_settings
from cogep_assist.cli.address import public_address
from cogep_assist.cli.console import one_line, out, print_json, safe
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, CollectionName, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.integrations.privacy_guard import PrivacyGuard
from cogep_assist.integrations.transfer_log import TransferLog
from cogep_assist.rag_service.ask_stream import (
    AnswerEvent,
    DeltaEvent,
    DoneEvent,
    stream_answer,
    whole_answer,
)
from cogep_assist.rag_service.schemas import AskReply, CitationReply

app = typer.Typer(help="Pergunta à base e mostra a resposta com as fontes.")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="PERGUNTA", help="A pergunta, entre aspas.")],
    collection: CollectionName = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Responde com frases dos documentos, cada uma com a fonte; ou diz que não encontrou."""
    settings = settings_for(data_dir)
    live = _Live() if out().is_terminal and not json_ else None

    async def work(database: Database) -> AskReply:
        return await _answer(database, settings, question, collection, live)

    reply = on_database(settings, work)
    if json_:
        print_json(reply.model_dump(mode="json"))
        return
    if reply.courtesy:
        out().print(Text(reply.answer))
    elif reply.abstained:
        _print_abstention(reply)
    else:
        _print_answer(reply, settings, told=live is not None and live.told)
    if reply.notice:
        out().print()
        out().print(Text(safe(reply.notice.message), style="yellow"))


class _Live:
    """Shows the sentences of a model as they are checked; what is extracted comes whole anyway."""

    def __init__(self) -> None:
        self.told = False

    def show(self, event: AnswerEvent) -> None:
        if isinstance(event, DeltaEvent) and event.citations:
            self.told = True
            out().print(_with_marks(event.text, event.citations), end="")


async def _answer(
    database: Database,
    settings: Settings,
    question: str,
    collection: str | None,
    live: _Live | None,
) -> AskReply:
    writer = writer_from_settings(settings, TransferLog(database), PrivacyGuard(settings, database))
    try:
        if live is None or writer is None:
            return await whole_answer(
                database, SYSTEM, question, collection=collection, writer=writer
            )
        events = stream_answer(database, SYSTEM, question, collection=collection, writer=writer)
        async with aclosing(events):
            async for event in events:
                live.show(event)
                if isinstance(event, DoneEvent):
                    return event.reply
        raise AssertionError("an answer ends with its whole")
    finally:
        if writer is not None:
            await writer.aclose()


def _print_answer(reply: AskReply, settings: Settings, *, told: bool = False) -> None:
    base = public_address(settings)
    out().print("" if told else _marked(reply))
    out().print()
    out().print("Fontes", style="bold")
    for citation in reply.citations:
        head = Text(f"[{citation.n}] ", style="cyan")
        head.append(one_line(citation.title, 140), style="bold")
        if citation.page:
            head.append(f", página {citation.page}")
        out().print(head)
        out().print(Padding(Text(f"“{safe(citation.quote)}”"), (0, 0, 0, 4), expand=False))
        out().print(Padding(Text(_where(citation, base), style="dim"), (0, 0, 0, 4), expand=False))


def _with_marks(text: str, citations: Sequence[int]) -> Text:
    shown = Text(safe(text))
    for n in citations:
        shown.append(f" [{n}]", style="cyan")
    return shown


def _marked(reply: AskReply) -> Text:
    """Put the mark of its sources after each sentence, where it stands in the whole text."""
    shown = Text()
    place = 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        end = found + len(sentence.text) if found >= 0 else place
        shown.append_text(_with_marks(reply.answer[place:end], sentence.citations))
        place = end
    shown.append(safe(reply.answer[place:]))
    return shown


def _where(citation: CitationReply, base: str | None) -> str:
    """Return what opens the quote: its page, its origin, or the command that shows the text."""
    if base:
        path = f"documentos/{citation.document_id}/versoes/{citation.version}"
        return f"{base}/{path}?inicio={citation.start}&fim={citation.end}#trecho"
    if citation.uri and citation.uri.startswith(("http://", "https://")):
        return one_line(citation.uri, 400)
    return f"cogep documents show {citation.document_id} --version {citation.version}"


def _print_abstention(reply: AskReply) -> None:
    out().print(Text(safe(reply.answer)))
    if reply.lacking and reply.lacking.suggestion:
        out().print()
        out().print(Text(f"Você quis dizer: {safe(reply.lacking.suggestion)}", style="cyan"))
    if reply.closest:
        out().print()
        out().print("Documentos mais próximos", style="bold")
    for near in reply.closest:
        line = Text(f"  {one_line(near.title, 120)}")
        if near.below_title:
            line.append(f" · {one_line(near.below_title, 120)}", style="cyan")
        if near.page:
            line.append(f" · página {near.page}")
        out().print(line)
