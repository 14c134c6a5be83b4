"""``cogep completion``: what a shell needs to complete commands and options with Tab."""

import enum
from typing import Annotated

import typer
from typer import completion as typers

from cogep_assist.cli.app import COMPLETE_VARIABLE, PROGRAM

app = typer.Typer(help="Dá ao shell o que completa com Tab.")


class Shell(enum.Enum):
    """The shells that are known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@app.command()
def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh ou fish.")],
) -> None:
    """Dá ao shell o que completa comandos e opções com Tab.

    No fish, guarde-o em ~/.config/fish/completions/cogep.fish. No bash e no zsh, ponha esta linha
    no ~/.bashrc ou no ~/.zshrc, com o nome do shell: eval "$(cogep completion bash)".
    """
    script = typers.get_completion_script(  # type: ignore[attr-defined]
        prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell.value
    )
    if shell is Shell.ZSH:
        # For eval: compdef is there after compinit alone, and the first line is for a file.
        script = f"autoload -Uz compinit && compinit\n{script}"
    typer.echo(script)
