"""``cogep backup``: the whole database into one sealed file, while everything runs."""

from pathlib import Path
from typing import Annotated

import typer

from cogep_assist.cli.backup_progress import step_progress
from cogep_assist.cli.console import err, out, print_json
from cogep_assist.cli.context import settings_for
from cogep_assist.cli.moments import number
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.owned_database import owned_database
from cogep_assist.core import secret_key
from cogep_assist.core.backup.create import write_backup
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.shelf import name_of_now, remove_expired
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError

app = typer.Typer(help="Copia o banco inteiro para um arquivo cifrado, com tudo em execução.")

MIB = 1024 * 1024


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(metavar="ARQUIVO", help="Arquivo a criar; em uma pasta, com a data.")
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Troca o arquivo, se já existir.")
    ] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune", help="Depois, apaga da pasta as cópias além de COGEP_BACKUP_KEEP_DAYS."
        ),
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Copia o banco inteiro para um arquivo cifrado, sem parar nada.

    O arquivo só aparece quando está completo e foi relido. Ele se abre apenas com a
    chave-mestra desta instalação: guarde-a também, em outro lugar.
    """
    settings = settings_for(data_dir)
    secret_key.load(settings)
    target = _target(file, settings)
    with owned_database(settings) as database, step_progress(quiet=as_json) as tell:
        manifest = write_backup(database.owner, target, overwrite=overwrite, tell=tell)
    # Only once the new one is there, whole and read back.
    removed = remove_expired(target.parent, settings) if prune else []
    if as_json:
        print_json({**manifest_json(manifest, target), "removed": removed})
        return
    size = number(target.stat().st_size / MIB, 1)
    out().print(
        f"Cópia completa em {target} ({size} MB): {len(manifest.tables)} tabelas, "
        f"{manifest.rows} linhas, cogep {manifest.release}, esquema {manifest.revision}.",
        markup=False,
    )
    if removed:
        out().print(f"Cópias vencidas apagadas: {', '.join(removed)}.", markup=False)
    err().print(f"Para abri-la é preciso a chave-mestra: {key_place(settings)}.", style="yellow")


def manifest_json(manifest: Manifest, path: Path) -> dict[str, object]:
    """Return what a backup holds, for machines."""
    return {
        "path": str(path),
        "bytes": path.stat().st_size,
        "release": manifest.release,
        "revision": manifest.revision,
        "created_at": manifest.created_at.isoformat(),
        "database_bytes": manifest.database_bytes,
        "rows": manifest.rows,
        "tables": {
            name: {"rows": contents.rows, "hash": contents.hash}
            for name, contents in manifest.tables.items()
        },
    }


def key_place(settings: Settings) -> str:
    """Say where the master key of this installation is."""
    if settings.secret_key is not None:
        return "o valor de COGEP_SECRET_KEY"
    return f"o arquivo {settings.data_dir / secret_key.FILE_NAME}"


def _target(file: Path, settings: Settings) -> Path:
    file = file.expanduser().absolute()
    if file.is_dir():
        return file / name_of_now(settings)
    if not file.parent.is_dir():
        raise AppError("path_not_found", path=str(file.parent))
    return file
