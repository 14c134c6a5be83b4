"""``cogep search``: the passages that are nearest to a text."""

from datetime import datetime
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from cogep_assist.cli.console import err, one_line, out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.highlight import snippet
from cogep_assist.cli.moments import number
from cogep_assist.cli.options import AsJson, CollectionName, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import Visibility
from cogep_assist.rag_service.schemas import SearchReply, SearchResult
from cogep_assist.rag_service.search import search_passages
from cogep_assist.rag_service.search_filters import search_filters

app = typer.Typer(help="Busca trechos na base.")

MAX_K = 100


@app.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEXTO", help="O que procurar, entre aspas.")],
    k: Annotated[
        int, typer.Option("-k", "--k", min=1, max=MAX_K, metavar="N", help="Quantos trechos.")
    ] = 10,
    collection: CollectionName = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", "-t", metavar="TIPO", help="Só deste tipo, como pdf; repita."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="Que entrou deste dia."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="Até este dia, inclusive."),
    ] = None,
    visibility: Annotated[
        Visibility | None, typer.Option("--visibility", help="Só coleções públicas ou internas.")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Busca trechos na base e mostra os melhores primeiro."""

    settings = settings_for(data_dir)
    filters = search_filters(
        media_types=types or (),
        since=since.date() if since else None,
        until=until.date() if until else None,
        timezone=settings.timezone,
    )

    async def work(database: Database) -> SearchReply:
        async with database.begin() as session:
            return await search_passages(
                session,
                SYSTEM,
                text,
                k=k,
                collection=collection,
                visibility=visibility,
                filters=filters,
            )

    found = on_database(settings, work)
    if json_:
        print_json(found.model_dump(mode="json"))
        return
    _print_found(found, text)


def _print_found(found: SearchReply, text: str) -> None:
    """Print the passages, best first, and what could not help this time."""
    if not found.results:
        out().print("Nada encontrado. Tente outras palavras, ou veja o que há na base com")
        out().print("“cogep documents list”.")
        return
    for place, result in enumerate(found.results, 1):
        _print_passage(place, result, text)
    for warning in found.warnings:
        err().print(warning.message, style="yellow", markup=False)
    many = "trecho" if len(found.results) == 1 else "trechos"
    out().print(f"{len(found.results)} {many} em {found.took_ms} ms.", style="dim")


def _print_passage(place: int, result: SearchResult, text: str) -> None:
    place_text = [one_line(result.heading, 120)] if result.heading else []
    if result.page:
        place_text.append(f"página {result.page}")
    head = Text(f"{place}. ", style="dim")
    head.append(one_line(result.title, 120), style="bold")
    head.append(f"  {number(result.score, 3)}", style="dim")
    out().print(head)
    if place_text:
        out().print(Text("   " + " · ".join(place_text), style="cyan"))
    out().print(Padding(snippet(result.text, text), (0, 0, 0, 3)))
    if result.also_in:
        titles = dict.fromkeys(one_line(other.title, 60) for other in result.also_in)
        out().print(Text(f"   também em: {'; '.join(titles)}", style="dim"))
    out().print()
