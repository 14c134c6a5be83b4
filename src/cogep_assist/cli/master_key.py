"""``cogep master-key``: exchange the master key, and seal anew what the old one sealed."""

from dataclasses import asdict

import typer

from cogep_assist.cli.console import out, print_json
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.owned_database import owned_database
from cogep_assist.core import audit, secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.key_exchange import SealedAnew, seal_anew
from cogep_assist.core.principal import SYSTEM

app = typer.Typer(help="Troca a chave-mestra da instalação.", no_args_is_help=True)


@app.command("rotate")
def rotate(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Cria uma chave-mestra nova e sela com ela o que o banco guarda selado.

    A anterior fica no arquivo, abaixo da nova: abre cópias antigas e confere o que já foi entregue.
    """
    settings = settings_for(data_dir)
    secret_key.load(settings)
    if settings.secret_key is not None:
        secret_key.exchange(settings)
    with owned_database(settings):
        # Nothing is exchanged where the database cannot be reached.
        secret_key.exchange(settings)
    on_database(settings, _recorded)
    _sealed_anew(settings, as_json=as_json)


@app.command("reseal")
def reseal(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Sela com a chave mais nova o que ainda está selado com uma anterior; pode repetir."""
    settings = settings_for(data_dir)
    secret_key.load(settings)
    _sealed_anew(settings, as_json=as_json)


async def _recorded(database: Database) -> None:
    async with database.begin() as session:
        await audit.record(session, SYSTEM, "master_key_exchanged", "master_key", "1")


def _sealed_anew(settings: Settings, *, as_json: bool) -> None:
    with owned_database(settings) as target:
        done = seal_anew(target.owner)
    if as_json:
        print_json({**asdict(done), "keys": len(secret_key.ages())})
    else:
        _tell(done)
    if done.unreadable:
        raise typer.Exit(1)


def _tell(done: SealedAnew) -> None:
    total = sum(done.rows.values())
    out().print(f"{total} valores selados com a chave nova.")
    for name, count in done.unreadable.items():
        out().print(f"{name}: {count} não se abrem com nenhuma chave daqui.", markup=False)
    out().print("Guarde o arquivo da chave outra vez, longe das cópias de segurança.")
