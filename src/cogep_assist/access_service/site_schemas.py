"""Sites as they come in and go out over HTTP."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import Site

GREETING = "Pergunte o que quiser saber. Cada frase da resposta mostra de onde veio."
CONSENT = (
    "Sua pergunta e a resposta ficam guardadas por algum tempo, para que uma pessoa da equipe "
    "possa continuar o atendimento e para melhorarmos as respostas. Não escreva CPF, senhas nem "
    "dados de saúde. Ao continuar, você concorda com esse uso."
)
Name = Annotated[str, Field(min_length=1, max_length=80)]
Origins = Annotated[
    list[Annotated[str, Field(max_length=260)]],
    Field(
        min_length=1,
        max_length=20,
        description='Como "https://www.orgao.gov.br" ou "https://*.orgao.gov.br".',
    ),
]
Greeting = Annotated[str, Field(min_length=1, max_length=300)]
Consent = Annotated[str, Field(min_length=1, max_length=2000)]
PerMinute = Annotated[
    int, Field(ge=1, le=6000, description="Pedidos por minuto, de todos os visitantes juntos.")
]


class SiteBody(BaseModel):
    """A new site."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    origins: Origins
    greeting: Greeting = GREETING
    consent: Consent = CONSENT
    opens_tickets: bool = True
    asks_per_minute: PerMinute = 60


class SiteChange(BaseModel):
    """What is to change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    origins: Origins | None = None
    greeting: Greeting | None = None
    consent: Consent | None = None
    opens_tickets: bool | None = None
    asks_per_minute: PerMinute | None = None
    enabled: bool | None = None


class SiteReply(BaseModel):
    """A site; ``script`` is the line that its pages carry."""

    id: UUID
    name: str
    origins: list[str]
    greeting: str
    consent: str
    consent_version: int
    opens_tickets: bool
    asks_per_minute: int
    enabled: bool
    revision: int
    created_at: datetime
    updated_at: datetime
    script: str
    links: dict[str, str]

    @classmethod
    def of(cls, site: Site, consent: str, address: str) -> Self:
        """Describe a site; ``address`` is where its visitors reach this server."""
        told = {name: getattr(site, name) for name in set(cls.model_fields) - _MADE}
        links = {"self": f"/sites/{site.id}", "frame": f"/widget/{site.id}"}
        return cls(**told, consent=consent, script=script_line(site.id, address), links=links)


class SiteList(BaseModel):
    """Every site, by name."""

    items: list[SiteReply]


def script_line(site_id: UUID, address: str) -> str:
    """Return the one line that embeds the question box in a page."""
    return f'<script src="{address.rstrip("/")}/widget.js" data-site="{site_id}" defer></script>'


_MADE = {"consent", "script", "links"}
