"""The ``cogep`` command: finds the command asked for, and turns every failure into a sentence.

Nothing heavy is imported here. Each command lives in a module of its own that is loaded when
the command is used, so that ``cogep --help`` answers at once.
"""

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from cogep_assist import __version__
from cogep_assist.cli.portuguese import speak_portuguese

PROGRAM = "cogep"
COMPLETE_VARIABLE = "_COGEP_COMPLETE"
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
_CLOSED_TO_OTHERS = 0o022
_COMPLETION = {"install_completion", "show_completion"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives: a module of ``cogep_assist.cli`` with an ``app``."""

    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "up": Entry("up", "Inicia tudo: banco embutido, API, página e trabalhador."),
    "ingest": Entry("ingest", "Envia endereços, arquivos e pastas para a base."),
    "ask": Entry("ask", "Pergunta à base e mostra a resposta com as fontes."),
    "conversations": Entry("conversations", "Mostra e apaga as conversas desta linha de comando."),
    "gaps": Entry("gaps", "Mostra o que foi perguntado e ninguém soube responder."),
    "search": Entry("search", "Busca trechos na base."),
    "jobs": Entry("jobs", "Mostra e conduz as tarefas de ingestão."),
    "documents": Entry("documents", "Lista, mostra e remove documentos."),
    "collections": Entry("collections", "Lista coleções e define quem pode lê-las."),
    "sources": Entry("sources", "Segue endereços, pastas e sitemaps em horários."),
    "synonyms": Entry("synonyms", "Mantém as palavras que a busca trata como iguais."),
    "ticket": Entry("ticket", "Abre, mostra e conduz chamados."),
    "sla": Entry("sla", "Explica prazos de atendimento em horas de expediente."),
    "eval": Entry("eval", "Mede busca e respostas com perguntas de gabarito."),
    "questions": Entry("questions", "Guarda perguntas de gabarito e mede a base com elas."),
    "user": Entry("user", "Cria, lista e cuida dos usuários."),
    "team": Entry("team", "Cria equipes e diz quem está nelas."),
    "customer": Entry("customer", "Cadastra, procura, une, importa e exporta clientes."),
    "import": Entry("imports", "Traz clientes e chamados de outros sistemas, com prévia e volta."),
    "key": Entry("key", "Cria, lista e revoga chaves de acesso."),
    "master-key": Entry("master_key", "Troca a chave-mestra da instalação."),
    "link": Entry("link", "Cria um link de entrada para o navegador."),
    "outbox": Entry("outbox", "Mostra e reenvia as mensagens da caixa de saída."),
    "mail": Entry("mail", "Mostra e recebe os e-mails do atendimento."),
    "webhooks": Entry("webhooks", "Avisa outros sistemas do que acontece, com assinatura."),
    "site": Entry("site", "Autoriza sites a mostrar a caixa de perguntas."),
    "calendar": Entry("calendar", "Cria e revoga agendas de prazos para programas de agenda."),
    "audit": Entry("audit", "Confere o registro dos atos."),
    "lgpd": Entry("lgpd", "Cuida das obrigações da LGPD."),
    "pii": Entry("pii", "Encontra dados pessoais em textos e mede a detecção."),
    "doctor": Entry("doctor", "Verifica a instalação e diz o remédio do que está errado."),
    "db": Entry("db", "Cuida do esquema do banco de dados."),
    "backup": Entry("backup", "Copia o banco inteiro para um arquivo cifrado."),
    "restore": Entry("restore", "Restaura uma cópia feita por cogep backup."),
    "completion": Entry("completion", "Dá ao shell o que completa com Tab."),
    "serve": Entry("serve", "Inicia só a API e a página."),
    "worker": Entry("worker", "Inicia só um trabalhador."),
}


class LazyGroup(TyperGroup):
    """A group that imports a command's module when the command is used, and not before."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if self._listing:
            return TyperCommand(name=cmd_name, help=entry.summary)
        return load_command(cmd_name, entry)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def load_command(name: str, entry: Entry) -> Any:
    """Import one command's module and return its Click command, in Portuguese."""
    with _uncollected():
        module = importlib.import_module(f"cogep_assist.cli.{entry.module}")
    command = typer.main.get_command(module.app)
    command.name = name
    command.help = command.help or entry.summary
    # Typer gives every command that stands alone two options for shells, in English.
    command.params = [p for p in command.params if p.name not in _COMPLETION]
    return speak_portuguese(command)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage during an import: what it makes stays, and the looking is a sixth of it.

    What was made is left out of later collections too.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


app = typer.Typer(
    name=PROGRAM,
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    help="COGEP Assist: responde com as fontes, a partir dos documentos da sua organização.",
    epilog="Ajuda de um comando: cogep COMANDO --help",
)


def _show(version: bool) -> None:
    if version:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(  # noqa: ARG001 - answered by its callback
        False, "--version", is_eager=True, help="Mostra a versão e sai.", callback=_show
    ),
) -> None:
    return


def build() -> Any:
    """Return the whole command, as ``main`` and the reference's generator use it."""
    return speak_portuguese(typer.main.get_command(app))


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run ``cogep`` and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    _prepare_streams()
    # Whatever the shell allows, what is made here is written by its owner alone.
    os.umask(os.umask(_CLOSED_TO_OTHERS) | _CLOSED_TO_OTHERS)
    sys.exit(_quietly_flushed(run(arguments)))


def run(arguments: list[str] | None = None) -> int:
    """Run ``cogep`` with these arguments and return its exit status."""
    if COMPLETE_VARIABLE in os.environ:
        from typer import completion  # noqa: PLC0415 - a shell asks, nobody else

        completion.completion_init()  # type: ignore[attr-defined]
    try:
        # None lets Typer read the arguments itself, and expand * and ? on Windows.
        result = build().main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else EXIT_FAILURE
    except (KeyboardInterrupt, typer.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_FAILURE
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, never a trace
        from cogep_assist.cli.failure import report  # noqa: PLC0415 - only when it is needed

        return report(error)
    return result if isinstance(result, int) else 0


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        # Windows gives pipes the ANSI code page; elsewhere the locale decides, and a letter
        # that it lacks must not end a command.
        if sys.platform == "win32":
            reconfigure(encoding="utf-8", errors="replace")
        else:
            reconfigure(errors="replace")


def _quietly_flushed(status: int) -> int:
    """Flush now: a reader that went away must not raise while the interpreter closes."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            from cogep_assist.cli.failure import report  # noqa: PLC0415 - only when it is needed

            status = report(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return status or EXIT_FAILURE
    return status
