"""``cogep up``: everything on one machine, supervised."""

import os
import sys
from typing import Annotated

import typer

from cogep_assist.cli import up_run
from cogep_assist.cli.options import DataDir

app = typer.Typer(help="Inicia tudo: banco embutido, API, página e trabalhador.")


@app.command()
def up(
    host: Annotated[
        str, typer.Option("--host", metavar="ENDEREÇO", help="Onde escutar (0.0.0.0: toda a rede).")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, metavar="N", help="Porta da página e da API.")
    ] = 8000,
    data_dir: DataDir = None,
    no_sample: Annotated[
        bool, typer.Option("--no-sample", help="Não carrega o exemplo em uma base vazia.")
    ] = False,
) -> None:
    """Inicia o banco, a API, a página e um trabalhador; segue até Ctrl-C."""
    folder = str(data_dir.expanduser().absolute()) if data_dir else ""
    if sys.platform == "win32":
        # There a program cannot become another and keep its number.
        up_run.run(host, port, folder, sample=not no_sample)
        return
    # What parsed the command line weighs 12 MB, for as long as everything runs: leave it here.
    sys.stdout.flush()
    sys.stderr.flush()
    sample = up_run.NO_SAMPLE if no_sample else up_run.SAMPLE
    program = [sys.executable, "-m", up_run.__name__, host, str(port), folder, sample]
    os.execv(program[0], program)  # noqa: S606 - our own module
