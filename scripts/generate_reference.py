"""Write the pages that come from the code, and the index of the decisions.

python scripts/generate_reference.py            writes the pages
python scripts/generate_reference.py --check    writes nothing; exits 1 if a page is stale
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cogep_assist.core.config import MIB, Settings, environment_name
from cogep_assist.core.messages import catalogue

ROOT = Path(__file__).resolve().parent.parent
NOTICE = "<!-- Gerado por scripts/generate_reference.py; não edite à mão. -->"

# The first prefix of a field's name that matches decides its heading.
GROUPS = (
    ("Banco de dados", ("database_", "postgres_")),
    ("Redis e Celery", ("celery_",)),
    ("Entrada de documentos", ("ingest_",)),
    ("Fila e trabalhador", ("worker_", "job_")),
    ("Fontes seguidas", ("source_",)),
    ("Conversas", ("conversation_",)),
    ("Downloads", ("fetch_",)),
    ("Leitura de documentos", ("parse_",)),
    ("Busca", ("search_", "index_", "lexical_")),
    ("Vetores", ("embed_",)),
    ("Modelo de linguagem", ("llm_",)),
    ("Instalação e acesso", ("",)),
)
STATUS_NAMES = {
    400: "pedido malformado",
    401: "falta identificação",
    403: "sem permissão",
    404: "não encontrado",
    405: "método não aceito",
    406: "formato de resposta não oferecido",
    409: "conflito",
    410: "removido",
    412: "versão diferente",
    413: "grande demais",
    415: "tipo não aceito",
    422: "conteúdo inválido",
    428: "falta uma condição",
    429: "pedidos demais",
    500: "erro interno ou de instalação",
    501: "não instalado",
    502: "falha no servidor de origem",
    503: "indisponível agora",
    504: "tempo esgotado",
    507: "sem espaço",
}
# Defaults that depend on the machine are described, so that the page is the same everywhere.
DESCRIBED_DEFAULTS = {"data_dir": "pasta de dados do usuário"}


def main() -> int:
    """Write or check every generated page; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    stale = stale_pages()
    for name in stale:
        if not check:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
        print(("stale: " if check else "written: ") + name)
    # The n8n node's operations come from the contract, which takes a whole application to describe.
    node = [sys.executable, str(ROOT / "scripts/generate_n8n_node.py"), *sys.argv[1:]]
    node_status = subprocess.run(node, check=False).returncode
    return 1 if check and stale else node_status


def stale_pages() -> list[str]:
    """Return the names of the pages that are missing or differ from the code."""
    return [name for name, render in PAGES.items() if _read(ROOT / name) != render()]


def errors_page() -> str:
    """Return docs/erros.md: every error code with its status, text and remedy."""
    lines = [
        "# Mensagens de erro",
        "",
        NOTICE,
        "",
        "Toda resposta de erro da API tem a mesma forma:",
        "",
        "```json",
        '{"error": {"code": "...", "message": "...", "details": {}, "request_id": "..."}}',
        "```",
        "",
        "`code` não muda de uma versão para outra; `message` é o texto abaixo, com a causa e o",
        "que fazer. Os trechos entre ‹ › são preenchidos em cada caso. Informe `request_id` ao",
        "suporte: ele encontra o pedido nos registros.",
        "",
    ]
    messages = catalogue()
    for status in sorted({message.status for message in messages.values()}):
        name = STATUS_NAMES.get(status)
        lines += [f"## {status}: {name}" if name else f"## {status}", ""]
        lines += ["| Código | O que houve | O que fazer | Vale repetir |", "|---|---|---|---|"]
        for code, message in sorted(messages.items()):
            if message.status == status:
                again = "sim" if message.retryable else "não"
                text, remedy = _template(message.text), _template(message.remedy)
                lines.append(f"| `{code}` | {text} | {remedy} | {again} |")
        lines.append("")
    return "\n".join(lines)


def settings_page() -> str:
    """Return docs/referencia/configuracoes.md: every setting with default and limits."""
    lines = [
        "# Configurações",
        "",
        NOTICE,
        "",
        "As configurações vêm do ambiente ou do arquivo `.env` da pasta em que o comando roda; o",
        "ambiente vale mais. Nenhuma é obrigatória. `cogep doctor` mostra o valor em uso de cada",
        "uma e de onde ele veio, com os segredos cobertos.",
        "",
    ]
    for heading, fields in _grouped_fields():
        lines += [f"## {heading}", "", "| Variável | Padrão | Limites | Para que serve |"]
        lines.append("|---|---|---|---|")
        for name, field in fields:
            shown, limits = _shown_default(name, field), _limits(field)
            description = _cell(field.description or "")
            lines.append(f"| `{environment_name(name)}` | {shown} | {limits} | {description} |")
        lines.append("")
    return "\n".join(lines)


def commands_page() -> str:
    """Return docs/referencia/cli.md: every command with its arguments and options."""
    from cogep_assist.cli.app import build  # noqa: PLC0415 - heavy; only this page needs it

    root = build()
    lines = ["# Linha de comando", "", NOTICE, ""]
    lines += [
        "Todo comando aceita `--help`. O estado de saída é 0 se deu certo, 1 se falhou, 2 se o",
        "comando foi mal escrito e 130 se foi interrompido.",
        "",
    ]
    for path, command in _commands(root, "cogep"):
        lines += [f"## `{path}`", ""]
        summary = _paragraphs(command.help or "")
        lines += [*summary, "", "```text", _usage(path, command), "```", ""]
        rows = [row for parameter in command.params if (row := _parameter_row(parameter))]
        if rows:
            lines += ["| Parâmetro | Padrão | Para que serve |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def decisions_page() -> str:
    """Return docs/adr/README.md: every decision by its number, and the numbers that have none.

    Raises ValueError for a decision whose first line is not "# NUMBER. Title".
    """
    titles = {path.name: _title(path) for path in sorted((ROOT / "docs/adr").glob("0*.md"))}
    numbers = {int(name[:4]) for name in titles}
    free = [f"{n:04}" for n in range(1, max(numbers, default=0)) if n not in numbers]
    lines = ["# Decisions", "", NOTICE, ""]
    lines += [
        "What was decided, why, and what was measured. A decision that goes on from earlier ones",
        "names them in its status line.",
        "",
    ]
    lines += [f"- [{title}]({name})" for name, title in titles.items()]
    if free:
        lines += ["", f"Numbers set aside and not used: {', '.join(free)}."]
    return "\n".join(lines) + "\n"


def _title(decision: Path) -> str:
    title = decision.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    if not re.match(rf"{decision.name[:4]}\. [A-Z]", title):
        raise ValueError(f"{decision.name} begins with {title!r}")
    return title


PAGES: dict[str, Callable[[], str]] = {
    "docs/erros.md": errors_page,
    "docs/referencia/configuracoes.md": settings_page,
    "docs/referencia/cli.md": commands_page,
    "docs/adr/README.md": decisions_page,
}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _template(text: str) -> str:
    pieces = [
        literal + (f"‹{field}›" if field else "")
        for literal, field, _, _ in Formatter().parse(text)
    ]
    return _cell("".join(pieces))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _grouped_fields() -> Iterator[tuple[str, list[tuple[str, FieldInfo]]]]:
    groups: dict[str, list[tuple[str, FieldInfo]]] = {}
    for name, field in Settings.model_fields.items():
        heading = next(h for h, prefixes in GROUPS if name.startswith(prefixes))
        groups.setdefault(heading, []).append((name, field))
    for heading, _ in GROUPS:
        if heading in groups:
            yield heading, groups[heading]


def _default(name: str, field: FieldInfo) -> str:
    if name in DESCRIBED_DEFAULTS:
        return DESCRIBED_DEFAULTS[name]
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined or value == []:
        return ""
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _limits(field: FieldInfo) -> str:
    bounds = {
        name: getattr(rule, name)
        for rule in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if hasattr(rule, name)
    }
    words = []
    if "ge" in bounds:
        words.append(f"de {bounds['ge']}" if "le" in bounds else f"a partir de {bounds['ge']}")
    if "gt" in bounds:
        words.append(f"mais de {bounds['gt']}")
    if "le" in bounds:
        words.append(f"{'a' if 'ge' in bounds else 'até'} {bounds['le']}")
    if "lt" in bounds:
        words.append(f"menos de {bounds['lt']}")
    return " ".join(words)


def _shown_default(name: str, field: FieldInfo) -> str:
    default = _default(name, field)
    if not default or name in DESCRIBED_DEFAULTS:
        return default
    size = f" ({int(default) // MIB} MiB)" if name.endswith("_bytes") else ""
    return f"`{default}`{size}"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    group = hasattr(command, "list_commands")
    if not group or command.invoke_without_command:
        yield path, command
    if not group:
        return
    for name in command.list_commands(None):
        child = command.get_command(None, name)
        if not child.hidden:
            yield from _commands(child, f"{path} {name}")


def _paragraphs(text: str) -> list[str]:
    clean = text.replace("\b", "").replace("\f", "").strip()
    return [line.rstrip().replace("<", "&lt;") for line in clean.splitlines()]


def _usage(path: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    words = [path, "[OPÇÕES]", *(_argument_name(argument) for argument in arguments)]
    if hasattr(command, "list_commands"):
        words.append("[COMANDO]")
    return " ".join(words)


def _argument_name(argument: Any) -> str:
    name = (argument.metavar or argument.name).strip("[]").upper()
    name = name.removesuffix("...") + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _parameter_row(parameter: Any) -> str | None:
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return None
    if parameter.param_type_name == "argument":
        name = _argument_name(parameter)
    else:
        name = ", ".join([*parameter.opts, *parameter.secondary_opts])
        if not parameter.is_flag and not parameter.count:
            name += f" {_value_name(parameter)}"
    shown = "obrigatório" if parameter.required else _parameter_default(parameter.default)
    return f"| `{name}` | {shown} | {_cell(getattr(parameter, 'help', None) or '')} |"


def _value_name(option: Any) -> str:
    kind = option.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "\\|".join(str(member.value) for member in kind)
    return str(option.metavar or ("N" if kind in {int, float} else "TEXTO"))


def _parameter_default(default: Any) -> str:
    """Return a default as people read it; a switch that is off and "nothing" read as empty."""
    if default is None or default is False or callable(default) or default in ([], ()):
        return ""
    if "sentinel" in type(default).__name__.lower():
        return ""
    if default is True:
        return "ligado"
    return f"`{getattr(default, 'value', default)}`"


if __name__ == "__main__":
    sys.exit(main())
