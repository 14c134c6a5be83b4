"""``cogep lgpd providers``: who may be sent texts for models, where, under what, until when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from cogep_assist.cli.console import one_line, out, print_json, table
from cogep_assist.cli.context import on_database, settings_for
from cogep_assist.cli.moments import moment
from cogep_assist.cli.options import AsJson, DataDir
from cogep_assist.core.access import SYSTEM
from cogep_assist.core.db import Database
from cogep_assist.core.models import ModelProvider, TransferMechanism
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.providers.model_providers import (
    list_providers,
    register_provider,
    withdraw_provider,
)
from cogep_assist.lgpd_service.providers.provider_schemas import NewProvider, ProviderReply

app = typer.Typer(help="Registra a quem os textos podem ser enviados.", no_args_is_help=True)

MECHANISM = {
    TransferMechanism.DOMESTIC: "no Brasil",
    TransferMechanism.ADEQUACY: "país adequado (art. 33, I)",
    TransferMechanism.SPECIFIC_CLAUSES: "cláusulas específicas (art. 33, II, a)",
    TransferMechanism.STANDARD_CLAUSES: "cláusulas-padrão (art. 33, II, b)",
    TransferMechanism.CORPORATE_RULES: "normas corporativas (art. 33, II, c)",
    TransferMechanism.SEALS_AND_CODES: "selos e códigos (art. 33, II, d)",
    TransferMechanism.AUTHORITY_CONSENT: "autorização da ANPD (art. 33, V)",
    TransferMechanism.SUBJECT_CONSENT: "consentimento específico (art. 33, VIII)",
}


@app.callback()
def _group() -> None:
    """Registra a quem os textos podem ser enviados."""


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Mostra também os que foram retirados.")
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Lista os fornecedores, com país, mecanismo do art. 33 e validade."""
    settings = settings_for(data_dir)

    async def work(database: Database) -> list[ProviderReply]:
        async with database.begin() as session:
            return await list_providers(session, SYSTEM, withdrawn=everything)

    found = on_database(settings, work)
    if json_:
        print_json({"items": [each.model_dump(mode="json") for each in found]})
        return
    if not found:
        out().print("Nenhum fornecedor registrado: só modelos próprios recebem textos.")
        return
    shown = table("Servidor", "Quem é", "País", "Amparo", "Vale até", "Situação", "Id", whole=1)
    for each in found:
        shown.add_row(
            each.host,
            one_line(each.legal_entity),
            each.country + (f" ({each.region})" if each.region else ""),
            MECHANISM[each.mechanism] if each.mechanism else "próprio",
            moment(each.expires_at, ZoneInfo(settings.timezone)),
            _state(each),
            str(each.id),
        )
    out().print(shown)


@app.command("add")
def add(
    host: Annotated[str, typer.Argument(metavar="SERVIDOR", help="Como está no endereço.")],
    legal_entity: Annotated[
        str, typer.Option("--entity", metavar="NOME", help="Pessoa jurídica que trata os dados.")
    ],
    country: Annotated[
        str, typer.Option("--country", metavar="PAÍS", help="Onde os dados são tratados: BR, US.")
    ],
    mechanism: Annotated[
        TransferMechanism | None,
        typer.Option("--mechanism", help="Mecanismo do art. 33; domestic dentro do Brasil."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="Último dia."),
    ] = None,
    contract: Annotated[str, typer.Option("--contract", help="Referência do contrato.")] = "",
    region: Annotated[str, typer.Option("--region", help="Região do fornecedor.")] = "",
    retention: Annotated[str, typer.Option("--retention", help="Termos de retenção.")] = "",
    training: Annotated[str, typer.Option("--training", help="Termos de treinamento.")] = "",
    own: Annotated[bool, typer.Option("--own", help="O modelo é da própria organização.")] = False,
    exempt: Annotated[
        bool, typer.Option("--exempt", help="Modelo próprio que recebe os textos como estão.")
    ] = False,
    sensitive: Annotated[
        bool, typer.Option("--allow-sensitive", help="Aceita dados sensíveis (art. 11).")
    ] = False,
    json_: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Registra um fornecedor; sem registro válido, nada é enviado a um serviço externo."""
    settings = settings_for(data_dir)
    try:
        new = NewProvider(
            host=host,
            legal_entity=legal_entity,
            ownership=ModelProvider.OWN if own else ModelProvider.EXTERNAL,
            country=country,
            region=region or None,
            mechanism=mechanism,
            contract=contract,
            retention_terms=retention,
            training_terms=training,
            masked=not exempt,
            sensitive_allowed=sensitive,
            valid_until=until.date() if until else None,
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise invalid_field(field, "não tem a forma esperada") from None

    async def work(database: Database) -> ProviderReply:
        async with database.begin() as session:
            return await register_provider(session, SYSTEM, new, ZoneInfo(settings.timezone))

    made = on_database(settings, work)
    if json_:
        print_json(made.model_dump(mode="json"))
    else:
        out().print(f"{made.host} está registrado: {_state(made)}. Id: {made.id}", markup=False)


@app.command("withdraw")
def withdraw(
    provider_id: Annotated[UUID, typer.Argument(metavar="ID", help="Id do fornecedor.")],
    data_dir: DataDir = None,
) -> None:
    """Retira um fornecedor: a partir de agora, nada mais lhe é enviado."""

    async def work(database: Database) -> ProviderReply:
        async with database.begin() as session:
            return await withdraw_provider(session, SYSTEM, provider_id)

    gone = on_database(settings_for(data_dir), work)
    out().print(f"{gone.host} foi retirado; nada mais lhe é enviado.", markup=False)


def _state(each: ProviderReply) -> str:
    if each.withdrawn_at:
        return "retirado"
    if not each.valid:
        return "vencido"
    if each.exempt:
        return "próprio, sem ocultação"
    return "dados ocultados" + (", sensíveis aceitos" if each.sensitive_allowed else "")
