"""Settings of what the installation tells of itself."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class TelemetrySettings(BaseSettings):
    """Where traces go (nowhere, unless somebody says so), and who may read the figures."""

    metrics_open: bool = Field(
        default=False, description="Mostra /metrics sem chave a quem alcançar o endereço."
    )
    otel_endpoint: str | None = Field(
        default=None,
        description="Coletor OpenTelemetry (OTLP por HTTP) que recebe os traços: "
        "http://127.0.0.1:4318. Pede o extra [otel].",
    )
    otel_authorization: SecretStr | None = Field(
        default=None, description="Cabeçalho Authorization que o coletor pede."
    )
    otel_sample: float = Field(
        default=1.0, ge=0, le=1, description="Parte dos pedidos e tarefas que é traçada, de 0 a 1."
    )
