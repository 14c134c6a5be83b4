"""``cogep lgpd deadlines``: the terms of the law, each with its reference, and how they count."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.legal_terms import last_day
from cogep_assist.lgpd_service.legal.clock_words import term_words
from cogep_assist.lgpd_service.legal.deadline_rules import find_rule, list_rules, term_of
from cogep_assist.lgpd_service.legal.legal_clocks import local_today
from cogep_assist.lgpd_service.legal.legal_days import legal_calendar
from cogep_assist.lgpd_service.legal.organization_profile import find_profile

app = typer.Typer(help="Mostra os prazos legais e conta cada um.", no_args_is_help=True)


@app.command("list")
def list_(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista os prazos em vigor, com a norma de cada um."""

    async def work(database: Database) -> list[dict[str, object]]:
        async with database.begin() as session:
            profile = await find_profile(session)
            rules = await list_rules(session, SYSTEM)
            terms = [(rule, term_of(rule, profile)) for rule in rules]
            return [
                {
                    "key": rule.key,
                    "name": rule.name,
                    "term": term_words(term.amount, term.unit),
                    "reference": rule.reference,
                    "note": rule.note,
                    "confirm_with_counsel": rule.confirm_with_counsel,
                }
                for rule, term in terms
            ]

    found = on_database(settings_for(data_dir), work)
    if json_:
        print_json({"items": found})
        return
    shown = table("Regra", "Prazo", "Norma", "Confirmar")
    for one in found:
        sure = "com o jurídico" if one["confirm_with_counsel"] else ""
        shown.add_row(str(one["key"]), str(one["term"]), str(one["reference"]), sure)
    out().print(shown)


@app.command()
def count(
    rule: Annotated[str, typer.Argument(metavar="REGRA", help="Nome da regra.")],
    start: Annotated[
        str | None, typer.Option("--from", metavar="AAAA-MM-DD", help="Dia do começo (hoje).")
    ] = None,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Conta um prazo a partir de um dia."""
    settings = settings_for(data_dir)
    given = day_of(start)

    async def work(database: Database) -> dict[str, str]:
        async with database.begin() as session:
            found, profile = await find_rule(session, rule), await find_profile(session)
            since = given or await local_today(session, ZoneInfo(settings.timezone))
            term = term_of(found, profile)
            due = last_day(term, since, await legal_calendar(session))
            return {
                "rule": found.key,
                "term": term_words(term.amount, term.unit),
                "starts_on": since.isoformat(),
                "due_on": due.isoformat(),
                "reference": found.reference,
            }

    told = on_database(settings, work)
    if json_:
        print_json(told)
        return
    since, due = (date.fromisoformat(told[name]) for name in ("starts_on", "due_on"))
    out().print(f"{told['term']} desde {since:%d/%m/%Y}: até {due:%d/%m/%Y}.", markup=False)
    out().print(told["reference"], markup=False)


def day_of(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AppError("day_invalid", text=text[:20]) from None
