"""``cogep lgpd transfers``: what left for models, without a word of it."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cogep_assist.cli.console import out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.lgpd_providers import MECHANISM
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import ModelKind
from cogep_assist.core.pii.finding import LABELS
from cogep_assist.lgpd_service.providers.model_transfers import list_transfers
from cogep_assist.lgpd_service.providers.provider_schemas import TransferReply

KIND = {ModelKind.CHAT: "conversa", ModelKind.EMBEDDINGS: "vetores", ModelKind.RERANK: "ordem"}


def transfers(
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=200, metavar="N", help="Quantos mostrar.")
    ] = 50,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os envios a modelos, do mais novo ao mais antigo, com o que foi ocultado."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[TransferReply]:
        async with database.begin() as session:
            found, _ = await list_transfers(session, SYSTEM, limit=limit)
            return found

    found = on_database(settings, work)
    if json_:
        print_json({"items": [each.model_dump(mode="json") for each in found]})
        return
    if not found:
        out().print("Nada saiu para modelos.")
        return
    shown = table("Quando", "Para", "Uso", "País", "Mecanismo", "Ocultados", "Bytes", whole=2)
    for each in found:
        shown.add_row(
            moment(each.occurred_at, ZoneInfo(settings.timezone)),
            each.host,
            KIND[each.kind],
            each.country or "–",
            _mechanism(each.mechanism),
            _replaced(each.replaced),
            str(each.payload_bytes),
        )
    out().print(shown)


def _mechanism(name: str | None) -> str:
    known = {mechanism.value: words for mechanism, words in MECHANISM.items()}
    return known.get(name or "", name or "–")


def _replaced(counts: dict[str, int]) -> str:
    known = {str(kind): label for kind, label in LABELS.items()}
    return ", ".join(f"{known.get(k, k)}: {n}" for k, n in sorted(counts.items())) or "–"
