"""``cogep pii``: personal data in a text or a file, and how well they are found."""

import enum
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.options import AsJson
from cogep_assist.core.errors import AppError
from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import LABELS, Finding, Threshold
from cogep_assist.core.pii.measure import latencies, measure, read_set
from cogep_assist.core.pii.sensitive import SENSITIVE_LABELS, SensitiveFinding, find_sensitive

app = typer.Typer(help="Encontra dados pessoais em textos e mede a detecção.", no_args_is_help=True)
_STDIN = "-"
_LONGEST_NAME = 255


class Level(enum.StrEnum):
    """Which threshold counts."""

    EGRESS = "egress"
    REPORT = "report"


_THRESHOLD = {Level.EGRESS: Threshold.EGRESS, Level.REPORT: Threshold.REPORT}


@app.callback()
def _group() -> None:
    """Encontra dados pessoais em textos e mede a detecção."""


@app.command()
def scan(
    target: Annotated[
        str, typer.Argument(metavar="ARQUIVO|TEXTO", help="Arquivo de texto, texto, ou - .")
    ],
    threshold: Annotated[
        Level,
        typer.Option(
            "--threshold",
            help="report conta o que é seguro; egress também o que pode ser, como na saída.",
        ),
    ] = Level.REPORT,
    json_: AsJson = False,
) -> None:
    """Mostra os dados pessoais e as menções sensíveis de um texto; sai com 1 se há algum."""
    text = _text(target)
    found = detect(text, _THRESHOLD[threshold], detectors=PERSONAL)
    sensitive = find_sensitive(text, _THRESHOLD[threshold])
    if json_:
        print_json(_as_json(text, found, sensitive))
    else:
        _print_found(text, found, sensitive)
    if found or sensitive:
        raise typer.Exit(1)


@app.command()
def bench(
    folder: Annotated[
        Path, typer.Argument(metavar="PASTA", help="Pasta com textos rotulados (*.jsonl).")
    ],
    json_: AsJson = False,
) -> None:
    """Mede a detecção em textos rotulados: o que é ocultado, o que é certo, e a velocidade."""
    rows = [
        (path, name, measure(records, threshold, **given).as_json())
        for path, records in _sets(folder)
        for name, threshold, given in _MEASURES
    ]
    speed = [(path, latencies(records)) for path, records in _sets(folder)]
    if json_:
        print_json(
            {
                "sets": [{"set": path, "measure": name, **told} for path, name, told in rows],
                "two_kilobytes_p95_ms": {path: _p95(taken) for path, taken in speed if taken},
            }
        )
        return
    shown = table("Conjunto", "Medida", "Nomes", "Demais", "Precisão", "MB/s", whole=2)
    for path, name, told in rows:
        keys = ("names_hidden", "structured_hidden", "precision", "mb_per_second")
        shown.add_row(path, name, *(_figure(told[key]) for key in keys))
    out().print(shown)
    for path, taken in speed:
        if taken:
            out().print(f"{path}: 2 kB com nomes em {_p95(taken):.1f} ms (p95)", markup=False)


_MEASURES: tuple[tuple[str, Threshold, dict[str, bool]], ...] = (
    ("saída", Threshold.EGRESS, {}),
    ("saída, clientes conhecidos", Threshold.EGRESS, {"customers": True}),
    ("saída, minúsculas", Threshold.EGRESS, {"lower": True}),
    ("relato", Threshold.REPORT, {}),
    ("relato, só números", Threshold.REPORT, {"names": False}),
)


def _sets(folder: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise AppError("pii_sets_not_found", path=str(folder))
    try:
        return [(path.stem, read_set(path)) for path in paths]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AppError(
            "pii_set_unreadable", path=str(folder), reason=type(error).__name__
        ) from None


def _p95(taken: list[float]) -> float:
    return round(taken[min(int(len(taken) * 0.95), len(taken) - 1)] * 1000, 2)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _text(target: str) -> str:
    if target == _STDIN:
        return sys.stdin.read()
    path = Path(target)
    try:
        if len(target) > _LONGEST_NAME or "\n" in target or not path.is_file():
            return target
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise AppError("pii_text_unreadable", path=target, reason=reason) from None


def _as_json(text: str, found: list[Finding], sensitive: list[SensitiveFinding]) -> dict[str, Any]:
    return {
        "findings": [
            {
                "kind": str(each.kind),
                "start": each.start,
                "end": each.end,
                "text": text[each.start : each.end],
                "score": each.score,
            }
            for each in found
        ],
        "sensitive": [
            {
                "category": str(each.category),
                "start": each.start,
                "end": each.end,
                "text": text[each.start : each.end],
                "score": each.score,
            }
            for each in sensitive
        ],
    }


def _print_found(text: str, found: list[Finding], sensitive: list[SensitiveFinding]) -> None:
    if not found and not sensitive:
        out().print("Nenhum dado pessoal encontrado.")
        return
    shown = table("Tipo", "Onde", "Texto", "Certeza", whole=1)
    for each in found:
        place = f"{each.start}–{each.end}"
        surface = one_line(text[each.start : each.end], 80)
        shown.add_row(LABELS[each.kind], place, surface, f"{each.score:.2f}")
    for mention in sensitive:
        place = f"{mention.start}–{mention.end}"
        surface = one_line(text[mention.start : mention.end], 80)
        label = f"Sensível: {SENSITIVE_LABELS[mention.category]}"
        shown.add_row(label, place, surface, f"{mention.score:.2f}")
    out().print(shown)
