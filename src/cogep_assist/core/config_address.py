"""Settings of where the application is reached, and of what stands before it."""

from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode

from cogep_assist.core.site_origins import canonical_origin


class AddressSettings(BaseSettings):
    """The public address, who may say from where somebody asks, and whose pages may."""

    public_url: str | None = Field(
        default=None, description="Endereço público do sistema, usado em links e na origem aceita."
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: ["127.0.0.1", "::1"],
        description="Proxies cujo X-Forwarded-For e X-Forwarded-Proto valem: endereços ou "
        "faixas CIDR; com vírgula.",
    )

    api_allow_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Sites cujas páginas podem chamar a API pelo navegador, com uma chave (CORS): "
        "https://app.orgao.gov.br ou https://*.orgao.gov.br; com vírgula (nenhum).",
    )

    @field_validator("api_allow_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        """Return each origin as browsers write it; nobody is let in by a misspelt one."""
        given = value.split(",") if isinstance(value, str) else value
        found = [canonical_origin(part) for part in given if part.strip()]
        if None in found:
            reason = "use origens inteiras, como https://app.orgao.gov.br"
            raise PydanticCustomError("origins", reason)
        return found

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        """Return each as a network in its one spelling; nobody is trusted by a misspelt one."""
        given = value.split(",") if isinstance(value, str) else value
        try:
            return [str(ip_network(part.strip(), strict=False)) for part in given if part.strip()]
        except ValueError:
            reason = "use endereços ou faixas CIDR, como 10.0.0.0/8"
            raise PydanticCustomError("proxies", reason) from None
