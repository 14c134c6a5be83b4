"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="PASTA",
        # A folder that may not be read is told of by its own error, which says what to do.
        readable=False,
        help="Pasta dos dados (padrão: COGEP_DATA_DIR, ou a do usuário).",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Escreve o resultado em JSON.")]
CollectionName = Annotated[
    str | None, typer.Option("--collection", "-c", metavar="NOME", help="Só nesta coleção.")
]
ReadmitReason = Annotated[
    str | None,
    typer.Option(
        "--readmit-erased",
        metavar="MOTIVO",
        help="Traz também quem teve os dados eliminados; o motivo fica registrado.",
    ),
]
