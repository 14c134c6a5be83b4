"""``cogep serve``: the API and the page, one process."""

from typing import Annotated

import typer

from cogep_assist.cli.listening import address_for_people, open_socket
from cogep_assist.cli.options import DataDir

app = typer.Typer(help="Inicia só a API e a página.")

Host = Annotated[
    str, typer.Option("--host", metavar="ENDEREÇO", help="Onde escutar (0.0.0.0: toda a rede).")
]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, metavar="N", help="Porta.")]


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000, data_dir: DataDir = None) -> None:
    """Inicia a API e a página até Ctrl-C."""
    with open_socket(host, port) as listener:
        # Read in only now: where nobody can listen, that is told at once.
        from cogep_assist.cli.serve_run import run  # noqa: PLC0415

        run(listener, address_for_people(host, port), data_dir)
