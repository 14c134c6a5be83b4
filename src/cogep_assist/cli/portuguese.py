"""Portuguese for what Typer says in English: the frame of the help and the usage errors."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from types import MethodType
from typing import Any

_FRAME = {
    "DEPRECATED_STRING": "(obsoleto) ",
    "DEFAULT_STRING": "[padrão: {}]",
    "ENVVAR_STRING": "[variável: {}]",
    "REQUIRED_LONG_STRING": "[obrigatório]",
    "ARGUMENTS_PANEL_TITLE": "Argumentos",
    "OPTIONS_PANEL_TITLE": "Opções",
    "COMMANDS_PANEL_TITLE": "Comandos",
}
_TYPES = {
    "str": "texto",
    "int": "inteiro",
    "float": "número",
    "int range": "inteiro",
    "float range": "número",
    "path": "caminho",
    "file": "arquivo",
    "directory": "pasta",
    "datetime": "data",
    "list[str]": "textos",
    "list[path]": "caminhos",
}


def speak_portuguese(command: Any) -> Any:
    """Make a command, and all below it that is loaded, show its help in Portuguese."""
    command.options_metavar = "[OPÇÕES]"
    if getattr(command, "subcommand_metavar", None):
        command.subcommand_metavar = "COMANDO [ARGUMENTOS]..."
    command.format_usage = MethodType(_format_usage, command)
    command.format_help = _with_portuguese_frame(command)
    for parameter in command.params:
        _name_type(parameter)
    for below in getattr(command, "commands", {}).values():
        speak_portuguese(below)
    return command


def usage_sentence(error: Any) -> str:
    """Say in Portuguese what is wrong with the command line."""
    kind = type(error).__name__
    described = _BY_KIND.get(kind)
    sentence = described(error) if described else None
    return sentence or _from_message(str(getattr(error, "message", error)), error)


def usage_hint(error: Any) -> str:
    """Say which help to read."""
    ctx = getattr(error, "ctx", None)
    return f"Veja “{ctx.command_path if ctx is not None else 'cogep'} --help”."


def _format_usage(command: Any, ctx: Any, formatter: Any) -> None:
    formatter.write_usage(ctx.command_path, " ".join(command.collect_usage_pieces(ctx)), "Uso: ")


def _with_portuguese_frame(command: Any) -> Callable[[Any, Any], None]:
    original = command.format_help

    def format_help(ctx: Any, formatter: Any) -> None:
        from typer import rich_utils  # noqa: PLC0415 - Rich is loaded for a help page alone

        for name, text in _FRAME.items():
            setattr(rich_utils, name, text)
        option = command.get_help_option(ctx)
        if option is not None:
            option.help = "Mostra esta ajuda e sai."
            option.display_type = lambda _: ""
        original(ctx, formatter)

    return format_help


def _name_type(parameter: Any) -> None:
    original = parameter.display_type

    def display_type(ctx: Any) -> str:
        label = str(original(ctx)).strip("<>")
        return "" if label == "bool" else f"<{_TYPES.get(label, label)}>"

    parameter.display_type = display_type
    if hasattr(parameter, "_get_number_range_help_str"):
        # Typer has no public place for these words.
        parameter._get_number_range_help_str = lambda: _range_words(parameter)  # noqa: SLF001


def _range_words(parameter: Any) -> str:
    """Return which numbers an option takes: "de 1 a 65535", "no mínimo 1"."""
    least, most = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if least is not None and most is not None:
        return f"de {least} a {most}"
    if least is not None:
        return f"no mínimo {least}"
    return f"no máximo {most}" if most is not None else ""


def _missing_parameter(error: Any) -> str:
    parameter = error.param
    if parameter is None:
        return "Falta um argumento."
    if parameter.param_type_name == "argument":
        return f"Falta o argumento {parameter.display_name_raw}."
    return f"Falta a opção {'/'.join(parameter.opts)}."


def _no_such_option(error: Any) -> str:
    sentence = f"A opção {error.option_name} não existe."
    close = sorted(error.possibilities or [])
    return f"{sentence} Você quis dizer {' ou '.join(close)}?" if close else sentence


def _bad_parameter(error: Any) -> str | None:
    parameter = error.param
    if parameter is None:
        return None
    name = (
        parameter.display_name_raw
        if parameter.param_type_name == "argument"
        else "/".join(parameter.opts)
    )
    return f"Valor inválido para {name}: {_from_message(error.message, error)}"


_BY_KIND: dict[str, Callable[[Any], str | None]] = {
    "MissingParameter": _missing_parameter,
    "NoSuchOption": _no_such_option,
    "BadParameter": _bad_parameter,
}


def _no_such_command(match: re.Match[str], error: Any) -> str:
    name = match["name"]
    sentence = f"O comando “{name}” não existe."
    ctx = error.ctx
    known = ctx.command.list_commands(ctx) if ctx is not None else []
    # Among many short names, the usual cutoff of .6 suggests some that nobody meant.
    close = get_close_matches(name, known, cutoff=0.65)
    return f"{sentence} Você quis dizer “{'” ou “'.join(close)}”?" if close else sentence


_Pattern = tuple[re.Pattern[str], str | Callable[[re.Match[str], Any], str]]
_MESSAGES: list[_Pattern] = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^No such command '(?P<name>.*?)'", _no_such_command),
        (r"^Missing command", "Falta dizer o comando."),
        (
            r"^Got unexpected extra argument\S* \((?P<extra>.*)\)",
            "Há argumentos a mais: {extra}. Textos com espaços vão entre aspas.",
        ),
        (r"^Option '(?P<name>.*)' requires an argument", "A opção {name} pede um valor."),
        (r"^Option '(?P<name>.*)' does not take a value", "A opção {name} não leva valor."),
        (r"valid integer", "deve ser um número inteiro."),
        (r"valid number", "deve ser um número."),
        (r"greater than or equal to (?P<least>[-\d.]+)", "deve ser no mínimo {least}."),
        (r"less than or equal to (?P<most>[-\d.]+)", "deve ser no máximo {most}."),
        (r"is not one of (?P<choices>.*?)\.?$", "deve ser um destes: {choices}."),
        (r"does not match the formats?", "a data deve ter a forma AAAA-MM-DD."),
        (r"does not exist", "não existe."),
        (r"is not writable", "não pode ser gravado."),
        (r"is not readable", "não pode ser lido."),
        (r"is a directory", "é uma pasta; aqui cabe um arquivo."),
        (r"is a file", "é um arquivo; aqui cabe uma pasta."),
    )
]


def _from_message(message: str, error: Any) -> str:
    for pattern, replacement in _MESSAGES:
        match = pattern.search(message)
        if match is None:
            continue
        if callable(replacement):
            return replacement(match, error)
        found = {name: value.replace("'", "") for name, value in match.groupdict().items()}
        return replacement.format(**found)
    return message
