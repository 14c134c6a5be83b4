"""``cogep lgpd export``: all that is held about a data subject, in one archive."""

from pathlib import Path
from typing import Annotated

import typer

from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_subject import Asked, Cpf, Email, Name, Person, Phone, Who, acting
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.written_file import write_bytes
from cogep_assist.core.db import Database
from cogep_assist.lgpd_service.export.subject_exports import export_subject

DEFAULT_NAME = "dados-do-titular.zip"


def export(
    customer: Who = None,
    cpf: Cpf = None,
    name: Name = None,
    email: Email = None,
    phone: Phone = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="ARQUIVO", help="Onde gravar o ZIP.")
    ] = Path(DEFAULT_NAME),
    person: Person = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Grava a cópia dos dados de um titular: JSON com esquema, CSV e PDF (art. 18, II e V)."""
    asked = Asked(customer, cpf, name, email, phone)

    async def work(database: Database) -> bytes:
        async with database.begin() as session:
            who = await acting(session, person)
            return await export_subject(session, who, await asked.subject(session))

    archive = on_database(settings_for(data_dir), work)
    path = output.expanduser().absolute()
    write_bytes(path, archive)
    if as_json:
        print_json({"path": str(path), "bytes": len(archive)})
        return
    out().print(f"Cópia gravada em {path} ({len(archive)} bytes).", markup=False)
