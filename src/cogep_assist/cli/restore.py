"""``cogep restore``: a backup in the place of the database, or nothing changed."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.engine import URL

from cogep_assist.cli.backup import manifest_json
from cogep_assist.cli.backup_progress import step_progress
from cogep_assist.cli.console import err, out, print_json
from cogep_assist.cli.context import settings_for
from cogep_assist.cli.event_loop import run
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.owned_database import owned_database
from cogep_assist.core import secret_key
from cogep_assist.core.audit_restored import note_restored
from cogep_assist.core.backup.manifest import Manifest
from cogep_assist.core.backup.restore import Restored, check_backup, restore_backup
from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import DatabaseTarget
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.schema_head import newest_revision, standing_revision
from cogep_assist.core.tombstones import read_tombstones
from cogep_assist.lgpd_service.erasure.erasure_replay import replay_tombstones, tombstones_in
from cogep_assist.lgpd_service.erasure.erasure_tombstones import merged

app = typer.Typer(help="Restaura uma cópia feita por cogep backup.")

WORD = "substituir"


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="ARQUIVO", help="Cópia feita por cogep backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Troca os dados que já existem no destino.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Confirma a troca sem perguntar.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Só confere a cópia e diz o que ela tem.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Confere a cópia inteira e só então a põe no lugar do banco.

    A cópia é restaurada ao lado, comparada, levada ao esquema desta versão e trocada de uma
    vez: se algo falhar, os dados de antes continuam como eram.
    """
    settings = settings_for(data_dir)
    path = file.expanduser().absolute()
    if not path.is_file():
        raise AppError("path_not_found", path=str(path))
    _load_key(settings)
    if check:
        with step_progress(quiet=as_json) as tell:
            manifest = check_backup(path, tell=tell)
        _tell_manifest(manifest, path, settings, as_json=as_json)
        return

    def may_replace(manifest: Manifest) -> bool:
        return replace and (yes or _confirmed(manifest, settings))

    with step_progress(quiet=as_json or (replace and not yes)) as tell:
        # Proven before a server is started: a bad file leaves not even an empty database behind.
        check_backup(path, tell=tell)
        with owned_database(settings) as database:
            done = restore_backup(
                path,
                database.owner,
                may_replace=may_replace,
                tell=tell,
                cleanse=_eraser(settings, database),
                note=lambda beside, manifest: run(
                    note_restored(beside, settings.data_dir, manifest.created_at)
                ),
            )
    _tell_restored(done, path, as_json=as_json)


def _eraser(settings: Settings, target: DatabaseTarget) -> Callable[[URL], int]:
    """Return what erases again, in a restored database, whoever was erased since the backup.

    Tombstones lie in the data folder; those of the database that is about to be replaced count too.
    """

    async def known() -> dict[UUID, dict[str, Any]]:
        if standing_revision(target.owner) != newest_revision():
            return {}
        database = Database(target.owner, pool_size=1)
        try:
            async with database.begin() as session:
                return await tombstones_in(session)
        finally:
            await database.close()

    tombstones = merged(run(known()).items(), read_tombstones(settings.data_dir).items())
    return lambda beside: run(replay_tombstones(beside, settings.data_dir, tombstones))


def _load_key(settings: Settings) -> None:
    """Load the master key; a restore never makes one, which could open no backup."""
    place = settings.data_dir / secret_key.FILE_NAME
    if settings.secret_key is None and not place.exists():
        raise AppError("restore_key_missing", path=str(place))
    secret_key.load(settings)


def _confirmed(manifest: Manifest, settings: Settings) -> bool:
    if not sys.stdin.isatty():
        raise AppError("restore_confirmation_needed")
    when = moment(manifest.created_at, ZoneInfo(settings.timezone))
    err().print(f"Os dados atuais serão trocados pelos da cópia de {when}.", style="yellow")
    if typer.prompt(f"Escreva “{WORD}” para continuar", default="", show_default=False) != WORD:
        raise AppError("restore_cancelled")
    return True


def _tell_manifest(manifest: Manifest, path: Path, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        print_json(manifest_json(manifest, path))
        return
    when = moment(manifest.created_at, ZoneInfo(settings.timezone))
    out().print(
        f"A cópia está inteira: feita em {when} pelo cogep {manifest.release}, esquema "
        f"{manifest.revision}, {len(manifest.tables)} tabelas, {manifest.rows} linhas.",
        markup=False,
    )


def _tell_restored(done: Restored, path: Path, *, as_json: bool) -> None:
    manifest = done.manifest
    if as_json:
        restored = {
            "upgraded_to": done.upgraded_to,
            "replaced": done.replaced,
            "erased_again": done.erased_again,
        }
        print_json({**manifest_json(manifest, path), **restored})
        return
    said = (
        f"Restauradas {done.tables} tabelas com {manifest.rows} linhas; "
        "quantidades e conteúdo conferem com a cópia."
    )
    if done.erased_again:
        said += f" Titulares eliminados depois da cópia e eliminados de novo: {done.erased_again}."
    if done.upgraded_to != manifest.revision:
        said += f" O esquema foi levado de {manifest.revision} a {done.upgraded_to}."
    out().print(said, markup=False)
