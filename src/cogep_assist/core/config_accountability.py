"""Settings of accountability; a term that a law gives stands beside its reference."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class AccountabilitySettings(BaseSettings):
    """What an administrator can set about how long and how much is kept and told."""

    conversation_keep_days: int = Field(
        default=180,
        ge=1,
        le=3650,
        description="Dias sem pergunta nova até que uma conversa seja apagada.",
    )
    access_record_months: int = Field(
        default=6,
        ge=1,
        le=120,
        description="Meses em que ficam os registros de acesso (Lei 12.965/2014, art. 15: 6).",
    )
    statistics_min_group: int = Field(
        default=5,
        ge=1,
        le=100,
        description="Menor grupo que uma estatística exportada mostra (k-anonimato).",
    )
    secret_key_older: SecretStr | None = Field(
        default=None,
        description="Chaves-mestras anteriores, a mais nova primeiro, separadas por espaço.",
    )
    backup_keep_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description=(
            "Dias que a organização guarda cópias de segurança; dito no plano de uma eliminação"
            ", seguido por “cogep backup --prune” e na pasta das cópias feitas pelas páginas."
        ),
    )
    subject_export_days: int = Field(
        default=7,
        ge=1,
        le=90,
        description="Dias que a cópia feita para um titular fica à disposição.",
    )
    unproven_request_days: int = Field(
        default=90,
        ge=15,
        le=3650,
        description=(
            "Dias depois dos quais é recusado um pedido de titular cuja identidade ninguém "
            "comprovou (LGPD, art. 18, § 3º)."
        ),
    )
    erasure_second_person_above: int = Field(
        default=1000,
        ge=0,
        description=(
            "Registros acima dos quais a eliminação ou o bloqueio dos dados de um titular pede uma "
            "segunda pessoa (LGPD, art. 18, IV e VI)."
        ),
    )
    retention_second_person_above: int = Field(
        default=1000,
        ge=0,
        description="Registros acima dos quais uma eliminação por prazo pede uma segunda pessoa.",
    )
