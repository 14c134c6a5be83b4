"""``cogep lgpd consents``: the purposes that need consent."""

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.db import Database
from cogep_assist.lgpd_service.consent.consent_purposes import Purpose, current_purposes

app = typer.Typer(help="Mostra as finalidades que dependem de consentimento.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Mostra as finalidades que dependem de consentimento."""


@app.command()
def purposes(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Lista as finalidades, com a versão do texto que vale."""

    async def work(database: Database) -> list[Purpose]:
        async with database.begin() as session:
            return await current_purposes(session)

    found = on_database(settings_for(data_dir), work)
    rows = [
        {
            "key": one.purpose.key,
            "version": one.version.version,
            "title": one.version.title,
            "consequences": one.version.consequences,
            "sha256": one.version.sha256.hex(),
        }
        for one in found
    ]
    if json_:
        print_json({"items": rows})
        return
    if not rows:
        out().print("Nenhuma finalidade. Publique uma com PUT /lgpd/purposes/NOME.")
        return
    shown = table("Finalidade", "Versão", "Título", "Se não consentir")
    for row in rows:
        title, told = (one_line(str(row[name]), 80) for name in ("title", "consequences"))
        shown.add_row(str(row["key"]), str(row["version"]), title, told)
    out().print(shown)
