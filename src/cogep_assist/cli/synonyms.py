"""``cogep synonyms``: the words that searches take for one another."""

from typing import Annotated
from uuid import UUID

import typer

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SynonymDirection
from cogep_assist.rag_service.synonym_schemas import (
    MAX_ALTERNATIVES,
    MAX_PHRASE_CHARS,
    SynonymBody,
    SynonymReply,
)
from cogep_assist.rag_service.synonyms import (
    MOST_SYNONYMS,
    add_synonym,
    list_synonyms,
    remove_synonym,
)

app = typer.Typer(help="Mantém as palavras que a busca trata como iguais.", no_args_is_help=True)

DIRECTIONS = {
    SynonymDirection.BOTH: "valem umas pelas outras",
    SynonymDirection.ONE_WAY: "só da primeira para as outras",
}


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os sinônimos."""

    async def work(database: Database) -> list[SynonymReply]:
        async with database.begin() as session:
            found, _ = await list_synonyms(session, SYSTEM, limit=MOST_SYNONYMS)
            return found

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": [entry.model_dump(mode="json") for entry in found]})
        return
    if not found:
        out().print("Nenhum sinônimo. Acrescente com “cogep synonyms add PALAVRA OUTRA...”.")
        return
    shown = table("Id", "Palavra ou expressão", "Outras", "Sentido", whole=1)
    for entry in found:
        shown.add_row(
            str(entry.id), entry.phrase, "; ".join(entry.alternatives), DIRECTIONS[entry.direction]
        )
    out().print(shown)


@app.command()
def add(
    phrase: Annotated[str, typer.Argument(metavar="PALAVRA", help="Palavra ou expressão.")],
    alternatives: Annotated[
        list[str], typer.Argument(metavar="OUTRA...", help="O que quer dizer o mesmo.")
    ],
    one_way: Annotated[
        bool,
        typer.Option("--one-way", help="Quem procura PALAVRA acha as outras, e não o contrário."),
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Acrescenta um sinônimo; a busca o usa em seguida."""
    _check_sizes(phrase, alternatives)
    body = SynonymBody(
        phrase=phrase,
        alternatives=alternatives,
        direction=SynonymDirection.ONE_WAY if one_way else SynonymDirection.BOTH,
    )

    async def work(database: Database) -> SynonymReply:
        async with database.begin() as session:
            return await add_synonym(session, SYSTEM, body)

    made = on_database(settings_for(data_dir), work)
    if json_:
        print_json(made.model_dump(mode="json"))
        return
    others = "; ".join(made.alternatives)
    out().print(f"“{made.phrase}” e “{others}”: {DIRECTIONS[made.direction]}.", markup=False)


@app.command()
def remove(
    entry_id: Annotated[UUID, typer.Argument(metavar="ID", help="Identificador do sinônimo.")],
    data_dir: DataDir = None,
) -> None:
    """Remove um sinônimo."""

    async def work(database: Database) -> None:
        async with database.begin() as session:
            await remove_synonym(session, SYSTEM, entry_id)

    on_database(settings_for(data_dir), work)
    out().print("O sinônimo foi removido.")


def _check_sizes(phrase: str, alternatives: list[str]) -> None:
    if len(alternatives) > MAX_ALTERNATIVES:
        raise AppError("synonym_too_many", limit=MAX_ALTERNATIVES)
    for text in (phrase, *alternatives):
        if not text.strip():
            raise AppError("synonym_without_words", phrase=text)
        if len(text) > MAX_PHRASE_CHARS:
            raise AppError("synonym_too_long", phrase=f"{text[:40]}...", limit=8)
