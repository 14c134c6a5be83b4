"""Shapes of providers of models and of what left for them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from cogep_assist.core.models import ModelKind, ModelProvider, TransferMechanism

BYTES_PER_TOKEN = 4
Host = Annotated[
    str,
    StringConstraints(
        to_lower=True, strip_whitespace=True, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$"
    ),
]
Country = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{2}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class NewProvider(BaseModel):
    """A provider to be registered."""

    model_config = ConfigDict(extra="forbid")

    host: Host = Field(description="Servidor, como está no endereço do modelo.")
    legal_entity: Annotated[Words, StringConstraints(min_length=2)] = Field(
        description="Pessoa jurídica que trata os dados."
    )
    ownership: ModelProvider = ModelProvider.EXTERNAL
    country: Country = Field(description="País em que os dados são tratados de fato (BR, US, ...).")
    region: Words | None = Field(default=None, description="Região do fornecedor, se houver.")
    mechanism: TransferMechanism | None = Field(
        default=None, description="Mecanismo do art. 33 da LGPD; “domestic” dentro do Brasil."
    )
    contract: Words = Field(default="", description="Referência do contrato ou das cláusulas.")
    retention_terms: Words = Field(default="", description="O que o contrato diz de retenção.")
    training_terms: Words = Field(default="", description="O que o contrato diz de treinamento.")
    masked: bool = Field(default=True, description="Ocultar dados pessoais antes do envio.")
    sensitive_allowed: bool = Field(
        default=False, description="Permitir textos com dados sensíveis (art. 11)."
    )
    valid_until: date | None = Field(default=None, description="Último dia em que o amparo vale.")


class ProviderReply(BaseModel):
    """A registered provider."""

    id: UUID
    host: str
    legal_entity: str
    ownership: ModelProvider
    country: str
    region: str | None
    mechanism: TransferMechanism | None
    contract: str
    retention_terms: str
    training_terms: str
    masked: bool
    sensitive_allowed: bool
    expires_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime
    valid: bool
    exempt: bool = Field(description="Modelo próprio que recebe os textos como estão.")


class ProviderList(BaseModel):
    """Providers by host."""

    items: list[ProviderReply]


class TransferReply(BaseModel):
    """One call to a model, without a word of what was sent."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    occurred_at: datetime
    kind: ModelKind
    provider: ModelProvider
    host: str
    model: str
    country: str | None
    mechanism: str | None
    payload_bytes: int
    items: int
    replaced: dict[str, int] = Field(description="Quantos valores de cada tipo foram ocultados.")

    @computed_field(description="Estimativa: um token a cada quatro bytes enviados.")  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def estimated_tokens(self) -> int:
        """About how many tokens left: known before any model counts them."""
        return -(-self.payload_bytes // BYTES_PER_TOKEN)


class TransferPage(BaseModel):
    """Calls, newest first."""

    items: list[TransferReply]
    next_cursor: str | None
