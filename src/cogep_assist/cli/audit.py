"""``cogep audit``: whether the record of acts is as it was written."""

import typer

from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core import audit
from cogep_assist.core.db import Database

app = typer.Typer(help="Confere o registro dos atos.", no_args_is_help=True)
# Ids are what a search in the table starts from; a whole list of them is for --json.
SHOWN = 20


@app.callback()
def _group() -> None:
    """Confere o registro dos atos."""


@app.command()
def verify(json_: AsJson = False, data_dir: DataDir = None) -> None:
    """Recalcula o selo de cada ato; sai com 1 se algum foi alterado."""

    async def work(database: Database) -> audit.VerifyReport:
        async with database.begin() as session:
            return await audit.verify(session)

    report = on_database(settings_for(data_dir), work)
    if json_:
        print_json(
            {
                "checked": report.checked,
                "altered": [str(row) for row in report.altered],
                "other_key": report.other_key,
                "intact": report.intact,
            }
        )
    else:
        _tell(report)
    if not report.intact:
        raise typer.Exit(1)


def _tell(report: audit.VerifyReport) -> None:
    out().print(f"{report.checked} atos conferidos.", markup=False)
    if report.other_key:
        out().print(
            f"{report.other_key} foram selados com outra chave e não podem ser conferidos aqui; "
            "instalações que dividem um banco devem dividir COGEP_SECRET_KEY.",
            markup=False,
        )
    if report.intact:
        out().print("Nenhum foi alterado.")
        return
    out().print(f"{len(report.altered)} foram alterados depois de escritos:", markup=False)
    for row in report.altered[:SHOWN]:
        out().print(f"  {row}", markup=False)
    out().print("Compare-os com a última cópia: “cogep restore” em outra pasta de dados.")
