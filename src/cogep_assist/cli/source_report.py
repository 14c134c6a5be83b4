"""Sources as a terminal shows them."""

from zoneinfo import ZoneInfo

from rich.text import Text

from cogep_assist.cli.console import one_line, out, table
from cogep_assist.cli.moments import moment
from cogep_assist.core.models import FollowedKind
from cogep_assist.ingestion_service.source_schemas import (
    PreviewReply,
    SourceDetail,
    SourceItemReply,
    SourceReply,
)

KINDS = {
    FollowedKind.URL: "endereço",
    FollowedKind.FOLDER: "pasta",
    FollowedKind.SITEMAP: "sitemap",
}
# One, and more than one.
COUNTS = {
    "added": ("novo", "novos"),
    "updated": ("a conferir", "a conferir"),
    "unchanged": ("igual", "iguais"),
    "running": ("ainda em leitura", "ainda em leitura"),
    "missing": ("ausente", "ausentes"),
    "retired": ("retirado", "retirados"),
    "gone": ("ainda fora do ar", "ainda fora do ar"),
    "excluded": ("mantido fora", "mantidos fora"),
    "skipped": ("deixado de fora", "deixados de fora"),
}


def print_sources(sources: list[SourceReply], zone: ZoneInfo) -> None:
    """Show one line per source."""
    shown = table(
        "Fonte", "Tipo", "Alvo", "Quando", "Próxima visita", "Documentos", "Última visita", whole=1
    )
    for source in sources:
        shown.add_row(
            str(source.id),
            KINDS[source.kind],
            Text(one_line(source.target, 60)),
            source.schedule,
            "em pausa" if source.paused_at else moment(source.next_due_at, zone),
            str(source.documents),
            Text(_result(source)),
        )
    out().print(shown)


def print_source(source: SourceDetail, zone: ZoneInfo) -> None:
    """Show one source whole."""
    facts = table("", "")
    facts.show_header = False
    for name, value in {
        "Fonte": str(source.id),
        "Tipo": KINDS[source.kind],
        "Alvo": one_line(source.target, 300),
        "Coleção": source.collection,
        "Quando": f"{source.schedule} ({source.time_zone})",
        "Próxima visita": "em pausa" if source.paused_at else moment(source.next_due_at, zone),
        "Última visita": moment(source.visited_at, zone) or "ainda não houve",
        "Resultado": _result(source),
        "Documentos": str(source.documents),
        "Retirada": f"após {source.misses_allowed} faltas seguidas",
    }.items():
        facts.add_row(Text(name, style="bold"), Text(value))
    out().print(facts)
    if source.held_retirements:
        out().print(
            f"\n{source.held_retirements} documentos sumiram de uma vez e não foram retirados. "
            f"Confira; se devem sair, rode cogep sources confirm {source.id}",
            markup=False,
            style="yellow",
        )
    if source.items:
        out().print()
        shown = table("Documento", "Estado", "Causa")
        for item in source.items:
            cause = one_line(item.error.message, 120) if item.error else ""
            shown.add_row(Text(one_line(item.name, 100)), _state(item, zone), Text(cause))
        out().print(shown)


def print_preview(preview: PreviewReply) -> None:
    """Show what a visit would do."""
    for title, names, count in (
        ("Entrariam na base", preview.added, preview.counts["added"]),
        ("Seriam conferidos", preview.updated, preview.counts["updated"]),
        ("Contariam como ausentes", preview.missing, preview.counts["missing"]),
    ):
        _print_names(title, names, count)
    if preview.skipped:
        _print_names(
            "Ficariam de fora",
            [f"{name}: {why}" for name, why in preview.reasons.items()],
            preview.counts["skipped"],
        )
    out().print(f"Sem mudança: {preview.counts['unchanged']}.")
    if not preview.complete:
        out().print("Parte da fonte não pôde ser lida: nada contaria como ausente.", style="yellow")


def _print_names(title: str, names: list[str], count: int) -> None:
    out().print(f"{title}: {count}", style="bold")
    for name in names:
        out().print(Text(f"  {one_line(name, 150)}"))
    if count > len(names):
        out().print(f"  e mais {count - len(names)}", style="dim")


def _result(source: SourceReply) -> str:
    if source.error is not None:
        return one_line(source.error.message, 120)
    counts = [
        f"{number} {COUNTS[name][number != 1]}"
        for name, number in source.found.items()
        if name in COUNTS and number
    ]
    if source.failing:
        counts.append(f"{source.failing} com falha")
    if source.held_retirements:
        counts.append(f"{source.held_retirements} à espera de confirmação")
    return ", ".join(counts)


def _state(item: SourceItemReply, zone: ZoneInfo) -> str:
    if item.retired_at is not None:
        return f"retirado em {moment(item.retired_at, zone)}"
    if item.excluded_at is not None:
        return "removido à mão; fica fora"
    if item.misses:
        return f"ausente há {item.misses} visita{'s' if item.misses > 1 else ''}"
    return "falhou"
