"""``cogep db``: the schema's life, the address, and a look inside."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from alembic.util import CommandError
from sqlalchemy.engine import URL, make_url

from cogep_assist.cli.backup_progress import step_progress
from cogep_assist.cli.console import err, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.database_refusal import refuse_unsuitable
from cogep_assist.cli.event_loop import run
from cogep_assist.cli.findings import show
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.cli.owned_database import owned_database
from cogep_assist.cli.server_upgrade import show_server_upgrade
from cogep_assist.core import schema, secret_key
from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.database_target import DatabaseTarget, open_target
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.diagnosis.connection import open_connection
from cogep_assist.core.diagnosis.database_schema import check_schema
from cogep_assist.core.diagnosis.finding import Finding
from cogep_assist.core.diagnosis.run import healthy
from cogep_assist.core.embedded_binaries import find_toolkit
from cogep_assist.core.embedded_upgrade import upgrade_server
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelKind, VectorState
from cogep_assist.pipeline.vector_fill import FILL
from cogep_assist.retrieval.dense_space import SpaceProgress, forget_refusals, spaces

app = typer.Typer(help="Cuida do esquema do banco de dados.", no_args_is_help=True)
VECTOR_STATES = {
    VectorState.FILLING: "sendo feitos; a busca ainda não os usa",
    VectorState.READY: "em uso",
    VectorState.RETIRED: "de um modelo anterior; estão sendo apagados",
}
# Its vectors are compared with no question of another model's: they wait to be replaced.
_OUTGOING = "do modelo de antes; a busca usa só as palavras até o novo ficar pronto"
# What an interactive program needs, and nothing that would lead it to another server.
_NO_VECTORS = "Não há vetores: a busca é feita pelas palavras."
_BAR_CHARS = 20
_REFUSED = (
    "Trechos recusados pelo modelo são achados pelas palavras; a página de modelos diz quais são. "
    "Para tentar de novo: “cogep db vectors --retry”."
)
_VECTORS_TO_COME = (
    "Ainda não há vetores: o trabalhador os faz assim que o modelo responde. A causa de uma demora "
    "aparece em “cogep doctor --only embedder”."
)
_PASSED_ON = ("PATH", "TERM", "HOME", "LANG", "LC_ALL", "PAGER", "SYSTEMROOT", "USERPROFILE")


@app.command(context_settings={"ignore_unknown_options": True})
def upgrade(
    revision: Annotated[
        str, typer.Argument(metavar="REVISÃO", help="head (a mais nova) ou uma revisão.")
    ] = "head",
    data_dir: DataDir = None,
) -> None:
    """Leva o esquema até uma revisão (padrão: a última)."""
    with _database(data_dir) as target:
        refuse_unsuitable(target.owner)
        before = _known_revision(target.owner)
        _check_revision_name(revision)
        _moved(schema.upgrade, target.owner, revision)
        after = schema.current(target.owner)
    if before == after:
        out().print(f"O esquema já estava na revisão {after or 'vazia'}.", markup=False)
    else:
        out().print(f"Esquema levado de {before or 'vazio'} a {after}.", markup=False)


@app.command(context_settings={"ignore_unknown_options": True})
def downgrade(
    revision: Annotated[str, typer.Argument(metavar="REVISÃO", help="base, -1 ou uma revisão.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Não pergunta.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Volta o esquema a uma revisão anterior; o que ela não conhecia é apagado."""
    with _database(data_dir) as target:
        before = _known_revision(target.owner)
        _check_revision_name(revision)
        if not yes:
            typer.confirm("Dados das tabelas removidas se perdem. Continuar?", abort=True)
        _moved(schema.downgrade, target.owner, revision)
        after = schema.current(target.owner)
    out().print(f"Esquema voltou de {before or 'vazio'} a {after or 'vazio'}.", markup=False)


@app.command()
def current(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Mostra a revisão em que o banco está e a desta versão."""
    with _database(data_dir) as target:
        found = schema.current(target.owner)
    head = schema.head()
    if as_json:
        print_json({"current": found, "head": head, "at_head": found == head})
        return
    out().print(f"No banco: {found or 'vazio'}. Nesta versão: {head}.", markup=False)


@app.command()
def check(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Compara o banco com os modelos: revisão, tipos, papéis, tabelas, colunas e índices."""
    with _database(data_dir) as target:
        findings = run(_examine(target.owner))
    if as_json:
        print_json({"ok": healthy(findings), "checks": [finding.as_json() for finding in findings]})
    else:
        show(findings)
    if not healthy(findings):
        raise typer.Exit(1)


@app.command()
def vectors(
    retry: Annotated[
        bool, typer.Option("--retry", help="Tenta de novo os trechos que o modelo recusou.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra de que modelos há vetores, qual serve à busca e quantos trechos já têm o seu."""

    async def work(database: Database) -> list[SpaceProgress]:
        async with database.begin() as session:
            if retry and await forget_refusals(session):
                await enqueue_background(session, FILL, "")
            return await spaces(session)

    found = on_database(settings_for(data_dir), work)
    if as_json:
        print_json({"spaces": [{**asdict(space), "state": space.state.value} for space in found]})
        return
    if not found:
        wanted = settings_for(data_dir).has_model(ModelKind.EMBEDDINGS.value)
        out().print(_VECTORS_TO_COME if wanted else _NO_VECTORS)
        return
    _show_spaces(found)


def _show_spaces(found: Sequence[SpaceProgress]) -> None:
    filling = any(space.state is VectorState.FILLING for space in found)
    shown = table("Modelo", "Dimensões", "Situação", "Trechos com vetor", "", whole=1)
    for space in found:
        if space.state is VectorState.RETIRED and not space.embedded:
            continue
        waits = filling and space.state is VectorState.READY
        share = f"{space.embedded} de {space.passages}"
        if space.refused:
            share += f"; {space.refused} recusados"
        shown.add_row(
            space.embedder,
            str(space.dimensions),
            _OUTGOING if waits else VECTOR_STATES[space.state],
            share,
            _so_far(space) if space.state is VectorState.FILLING else "",
        )
    out().print(shown)
    if any(space.refused for space in found if space.state is not VectorState.RETIRED):
        out().print(_REFUSED)


def _so_far(space: SpaceProgress) -> str:
    share = min(1.0, (space.embedded + space.refused) / max(1, space.passages))
    done = int(share * _BAR_CHARS)
    return f"{'█' * done}{'░' * (_BAR_CHARS - done)} {share:.0%}"


@app.command(name="upgrade-server")
def upgrade_embedded(
    programs: Annotated[
        Path | None,
        typer.Option("--programs", metavar="PASTA", help="Onde estão os programas antigos."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Leva a base embutida de um PostgreSQL antigo ao que vem com este cogep.

    A base nova é montada ao lado e comparada linha a linha; a antiga fica guardada. Pode ser
    interrompido e repetido.
    """
    settings = settings_for(data_dir)
    if settings.external_database is not None:
        raise AppError("embedded_not_used")
    secret_key.load(settings)
    with step_progress(quiet=as_json) as tell:
        done = upgrade_server(settings.data_dir, programs=programs, say=_remark, tell=tell)
    show_server_upgrade(done, as_json=as_json)


@app.command()
def url(
    admin: Annotated[
        bool, typer.Option("--admin", help="O endereço do superusuário do banco embutido.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Mostra o endereço do banco, com a senha, para psql, DBeaver e afins."""
    settings = settings_for(data_dir)
    with open_target(settings, on_progress=_remark) as target:
        address = _address(target, admin=admin)
        stays = target.embedded is None or not target.embedded.started_here
    if not stays:
        err().print("O banco embutido só responde enquanto o cogep roda (cogep up).", style="dim")
    typer.echo(address)


@app.command()
def shell(
    admin: Annotated[bool, typer.Option("--admin", help="Entra como superusuário.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Abre o psql neste banco."""
    settings = settings_for(data_dir)
    with open_target(settings, on_progress=_remark) as target:
        program = _psql(target)
        address = make_url(_address(target, admin=admin))
        if program is None:
            raise AppError("psql_missing", url=conninfo(address))
        status = _interactive(program, address)
    raise typer.Exit(status)


@contextmanager
def _database(data_dir: Path | None) -> Iterator[DatabaseTarget]:
    with owned_database(settings_for(data_dir)) as target:
        yield target


async def _examine(address: URL) -> list[Finding]:
    opened = await open_connection(address)
    if isinstance(opened, Finding):
        return [opened]
    async with opened:
        return await check_schema(opened, address)


def _known_revision(address: URL) -> str | None:
    found = schema.current(address)
    if found is not None and found not in schema.known_revisions():
        raise AppError("schema_ahead", found=found)
    return found


def _check_revision_name(revision: str) -> None:
    relative = revision.lstrip("+-").isdigit() and revision[:1] in "+-"
    if relative or revision in {"head", "base", *schema.known_revisions()}:
        return
    raise AppError(
        "revision_unknown", revision=revision, known=", ".join(sorted(schema.known_revisions()))
    )


def _moved(move: Callable[..., None], address: URL, revision: str) -> None:
    try:
        move(address, revision, on_wait=lambda holder: _remark(holder.text))
    except CommandError:
        # A step past the first or the last, or a revision on the other side of this one.
        raise AppError("revision_unreachable", revision=revision) from None


def _address(target: DatabaseTarget, *, admin: bool) -> str:
    if admin and target.embedded is not None:
        return target.embedded.url("admin", driver="postgresql")
    return conninfo(target.owner)


def _psql(target: DatabaseTarget) -> str | None:
    if target.embedded is not None:
        toolkit = find_toolkit(target.embedded.data_dir / "postgres")
        if toolkit.has("psql"):
            return str(toolkit.program("psql"))
    return shutil.which("psql")


def _interactive(program: str, address: URL) -> int:
    """Run psql until the person leaves it; Ctrl-C there stops a query and not us."""
    open_text = URL.create(
        "postgresql", address.username, None, address.host, address.port, address.database,
        address.query,
    )  # fmt: skip
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # By the environment: a command line is seen by everybody on the machine.
    environment["PGPASSWORD"] = str(address.password or "")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(  # noqa: S603 - the wheel's or the system's psql
            [program, conninfo(open_text)], env=environment, check=False
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _remark(text: str) -> None:
    err().print(text, style="dim", markup=False)
