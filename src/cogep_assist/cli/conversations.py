"""``cogep conversations``: what was asked from the command line, and its removal."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from rich.padding import Padding
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.cli.console import one_line, out, print_json, safe, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.job_lookup import id_range, only_one
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import Conversation
from cogep_assist.rag_service.conversation_schemas import ConversationReply, ConversationSummary
from cogep_assist.rag_service.conversations import (
    delete_conversation,
    delete_conversations,
    list_conversations,
    read_conversation,
)

app = typer.Typer(
    help="Mostra e apaga as conversas feitas na linha de comando.", no_args_is_help=True
)

ConversationId = Annotated[
    str, typer.Argument(metavar="ID", help="Identificador da conversa, ou o começo dele.")
]


@app.command("list")
def list_(
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=200, metavar="N", help="Quantas mostrar.")
    ] = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista as conversas, da mais nova à mais antiga."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[ConversationSummary]:
        async with database.begin() as session:
            found, _ = await list_conversations(session, SYSTEM, limit=limit)
            return found

    found = on_database(settings, work)
    if json_:
        print_json({"items": [one.model_dump(mode="json") for one in found]})
        return
    if not found:
        out().print("Nenhuma conversa. A primeira nasce com “cogep ask PERGUNTA”.")
        return
    zone = ZoneInfo(settings.timezone)
    shown = table("Conversa", "Primeira pergunta", "Perguntas", "Última", whole=1)
    for one in found:
        last = moment(one.updated_at, zone)
        shown.add_row(str(one.id), one_line(one.title, 90), str(one.questions), last)
    out().print(shown)


@app.command()
def show(conversation_id: ConversationId, json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra as perguntas e as respostas de uma conversa."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> ConversationReply:
        async with database.begin() as session:
            found = await _resolve(session, conversation_id)
            return await read_conversation(session, SYSTEM, found)

    conversation = on_database(settings, work)
    if json_:
        print_json(conversation.model_dump(mode="json"))
        return
    for turn in conversation.turns:
        out().print(Text(safe(turn.question), style="bold"))
        if turn.answer.resolved_question:
            out().print(Text(f"Entendi como: {safe(turn.answer.resolved_question)}", style="dim"))
        out().print(Padding(Text(safe(turn.answer.answer)), (0, 0, 1, 2), expand=False))


@app.command()
def delete(
    conversation_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Identificador da conversa, ou o começo dele."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Apaga todas as conversas da linha de comando.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Apaga uma conversa, ou todas com --all, com as respostas e as avaliações."""
    if every is (conversation_id is not None):
        raise typer.BadParameter("informe o ID de uma conversa, ou --all")

    async def work(database: Database) -> int:
        async with database.begin() as session:
            if conversation_id is None:
                return await delete_conversations(session, SYSTEM)
            found = await _resolve(session, conversation_id)
            await delete_conversation(session, SYSTEM, found)
            return 1

    gone = on_database(settings_for(data_dir), work)
    out().print("Conversa apagada." if gone == 1 else f"Conversas apagadas: {gone}.")


async def _resolve(session: AsyncSession, text: str) -> UUID:
    low, high = id_range(text)
    statement = (
        sa.select(Conversation.id)
        .where(Conversation.owner == SYSTEM.label, Conversation.id.between(low, high))
        .limit(2)
    )
    return only_one(text, list(await session.scalars(statement)), "conversation_not_found")
