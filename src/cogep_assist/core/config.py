"""Settings from the environment and ``.env``; every field is documented for people."""

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy.engine import URL

from cogep_assist.core.config_accountability import AccountabilitySettings
from cogep_assist.core.config_address import AddressSettings
from cogep_assist.core.config_mail import MailSettings
from cogep_assist.core.config_models import ModelSettings
from cogep_assist.core.config_parse import ParseSettings
from cogep_assist.core.config_telemetry import TelemetrySettings
from cogep_assist.core.database_address import (
    address_of_parts,
    parse_address,
    refuse_disagreement,
)
from cogep_assist.core.errors import AppError

MIB = 1024 * 1024


def _default_data_dir() -> Path:
    try:
        return _usual_data_dir()
    except RuntimeError:
        # Neither HOME nor an entry among the system's users, as for a container's random user.
        raise AppError("data_dir_unknown") from None


def _usual_data_dir() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "cogep"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "cogep"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and the unprivileged user that runs it
        # cannot enter root's home.
        return Path("/var/lib/cogep")
    share = os.environ.get("XDG_DATA_HOME")
    return (Path(share) if share else Path.home() / ".local" / "share") / "cogep"


class Settings(
    ParseSettings,
    ModelSettings,
    AccountabilitySettings,
    MailSettings,
    TelemetrySettings,
    AddressSettings,
):
    """Everything an administrator can set; descriptions are shown in Portuguese."""

    model_config = SettingsConfigDict(
        env_prefix="COGEP_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        # A setting that is left empty, as in a copied example, is not set.
        env_ignore_empty=True,
        populate_by_name=True,
        validate_default=True,
    )

    # --- database -----------------------------------------------------------------------
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="Endereço do PostgreSQL próprio; sem ele, o PostgreSQL embutido é usado.",
    )
    postgres_user: str | None = Field(
        default=None, validation_alias="POSTGRES_USER", description="Usuário do PostgreSQL."
    )
    postgres_password: SecretStr | None = Field(
        default=None, validation_alias="POSTGRES_PASSWORD", description="Senha do PostgreSQL."
    )
    postgres_db: str | None = Field(
        default=None, validation_alias="POSTGRES_DB", description="Nome do banco de dados."
    )
    postgres_host: str | None = Field(
        default=None, validation_alias="POSTGRES_HOST", description="Servidor do PostgreSQL."
    )
    postgres_port: int | None = Field(
        default=None, validation_alias="POSTGRES_PORT", description="Porta do PostgreSQL."
    )
    database_pool_size: int = Field(
        default=8, ge=1, le=200, description="Conexões que cada processo mantém com o banco."
    )
    celery_broker_url: SecretStr | None = Field(
        default=None,
        validation_alias="CELERY_BROKER_URL",
        description="Redis que toca a campainha dos trabalhadores; sem ele, tudo roda embutido.",
    )
    celery_result_backend: SecretStr | None = Field(
        default=None,
        validation_alias="CELERY_RESULT_BACKEND",
        description="Aceito por compatibilidade: a verdade fica no banco, nenhum resultado é lido.",
    )

    # --- installation -------------------------------------------------------------------
    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Pasta dos dados: PostgreSQL embutido, chave e arquivos temporários.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Chave-mestra (32 bytes ou mais); sem ela, uma é criada na pasta dos dados.",
    )
    timezone: str = Field(
        default="America/Sao_Paulo", description="Fuso horário em que as pessoas leem datas."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Nível mínimo dos registros (logs)."
    )
    organization: str | None = Field(
        default=None, description="Nome da organização, em e-mails e páginas."
    )
    session_hours: int = Field(
        default=12, ge=1, le=720, description="Horas que uma sessão aberta no navegador dura."
    )

    # --- sign-in by an identity provider -------------------------------------------------
    oidc_preset: Literal["govbr", "govbr-staging"] | None = Field(
        default=None, description="Provedor conhecido: govbr ou govbr-staging (homologação)."
    )
    oidc_issuer: str | None = Field(
        default=None, description="Endereço (issuer) do provedor de identidade OIDC."
    )
    oidc_client_id: str | None = Field(default=None, description="Identificador do cliente OIDC.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Segredo do cliente OIDC."
    )
    oidc_name: str | None = Field(default=None, description="Nome do provedor no botão de entrada.")
    oidc_scopes: str | None = Field(
        default=None, description="Escopos pedidos ao provedor (padrão: openid email profile)."
    )
    oidc_auto_create: bool = Field(
        default=False,
        description="Cria como solicitante quem entra pelo provedor e ainda não tem usuário.",
    )

    # --- intake -------------------------------------------------------------------------
    ingest_max_file_bytes: int = Field(
        default=50 * MIB, ge=1, description="Tamanho máximo de um arquivo enviado, em bytes."
    )
    ingest_max_text_bytes: int = Field(
        default=5 * MIB, ge=1, description="Tamanho máximo de um texto enviado, em bytes."
    )
    ingest_max_request_bytes: int = Field(
        default=200 * MIB, ge=1, description="Tamanho máximo de um pedido inteiro, em bytes."
    )
    ingest_max_files: int = Field(default=100, ge=1, description="Máximo de arquivos em um pedido.")
    ingest_max_items: int = Field(
        default=1000, ge=1, le=1000, description="Máximo de itens em um pedido."
    )
    ingest_max_pending: int = Field(
        default=200_000,
        ge=1,
        description="Tarefas na fila a partir das quais a API dá 503 e “cogep ingest” espera.",
    )
    ingest_rate: str = Field(
        default="1200/minute", description="Limite de pedidos de ingestão por chave ou sessão."
    )
    ask_rate: str = Field(
        default="600/minute", description="Limite de perguntas e buscas por chave ou sessão."
    )
    read_rate: str = Field(
        default="3000/minute", description="Limite de leituras por chave ou sessão."
    )
    visit_rate: str = Field(
        default="30/minute",
        description="Limite de perguntas e chamados de visitantes de sites, por endereço de rede.",
    )
    sign_in_rate: str = Field(
        default="20/minute", description="Limite de tentativas de entrada por endereço de rede."
    )

    # --- worker -------------------------------------------------------------------------
    worker_concurrency: int = Field(
        default=8, ge=1, le=512, description="Tarefas que um trabalhador conduz ao mesmo tempo."
    )
    worker_parsers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Processos de leitura de documentos por trabalhador (0: um por núcleo).",
    )
    worker_lease_seconds: int = Field(
        default=60, ge=5, description="Segundos até que uma tarefa de trabalhador mudo seja solta."
    )
    worker_poll_seconds: float = Field(
        default=5.0, ge=0.1, description="Intervalo da varredura lenta, se nenhum aviso chegar."
    )
    job_max_attempts: int = Field(
        default=3, ge=1, le=20, description="Tentativas antes de uma tarefa ser dada por falha."
    )
    queue_keep_days: float = Field(
        default=7.0,
        gt=0,
        le=3650,
        description="Dias até que uma tarefa terminada saia da fila para o arquivo.",
    )

    # --- fetch --------------------------------------------------------------------------
    fetch_allow_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Endereços internos liberados: host, host:porta, *.sufixo, CIDR; com vírgula.",
    )
    fetch_max_bytes: int = Field(
        default=50 * MIB, ge=1, description="Tamanho máximo de um download, em bytes."
    )
    fetch_connect_seconds: float = Field(
        default=10.0, gt=0, description="Tempo máximo para conectar a um endereço."
    )
    fetch_read_seconds: float = Field(
        default=20.0, gt=0, description="Tempo máximo sem receber nada durante um download."
    )
    fetch_total_seconds: float = Field(
        default=120.0, gt=0, description="Tempo máximo de um download inteiro."
    )
    fetch_max_redirects: int = Field(
        default=5, ge=0, le=20, description="Máximo de redirecionamentos seguidos."
    )

    # --- sources ------------------------------------------------------------------------
    source_folder_roots: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        validation_alias="COGEP_FOLDER_ROOTS",
        description="Pastas abaixo das quais fontes podem ser seguidas; com vírgula (nenhuma).",
    )
    source_max_items: int = Field(
        default=50_000, ge=1, le=200_000, description="Máximo de documentos de uma fonte seguida."
    )

    # --- desk ---------------------------------------------------------------------------
    ticket_reopen_days: int = Field(
        default=15,
        ge=0,
        le=365,
        description="Dias em que quem abriu um chamado ainda pode reabri-lo depois do fim.",
    )
    reply_undo_seconds: int = Field(
        default=10,
        ge=0,
        le=60,
        description="Segundos em que uma resposta escrita na página ainda pode ser desfeita.",
    )
    ticket_max_file_bytes: int = Field(
        default=20 * MIB, ge=1, description="Tamanho máximo de um anexo de chamado, em bytes."
    )
    ticket_max_files: int = Field(
        default=10, ge=1, le=100, description="Máximo de anexos em uma mensagem."
    )
    ticket_max_upload_bytes: int = Field(
        default=60 * MIB, ge=1, description="Tamanho máximo de um envio de anexos, em bytes."
    )

    @field_validator("fetch_allow_hosts", "source_folder_roots", "model_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            # A custom error's words come without the prefix that a ValueError's get.
            reason = "não é um fuso conhecido; exemplo: America/Sao_Paulo"
            raise PydanticCustomError("time_zone", reason) from None
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def scaled_out(self) -> bool:
        """Whether Celery rings the workers, instead of LISTEN/NOTIFY alone."""
        return self.celery_broker_url is not None

    @property
    def external_database(self) -> URL | None:
        """The administrator's own PostgreSQL, or None where the embedded one is to run.

        Raises AppError("database_settings_disagree") naming the first field in which
        ``DATABASE_URL`` and ``POSTGRES_*`` differ, AppError("database_url_invalid").
        """
        parts = self._postgres_parts()
        if self.database_url is None:
            if not any(value is not None for value in parts.values()):
                return None
            return address_of_parts(parts)
        url = parse_address(self.database_url.get_secret_value())
        refuse_disagreement(url, parts)
        return url

    def _postgres_parts(self) -> dict[str, str | None]:
        password = self.postgres_password
        return {
            "user": self.postgres_user,
            "password": password.get_secret_value() if password else None,
            "db": self.postgres_db,
            "host": self.postgres_host,
            "port": str(self.postgres_port) if self.postgres_port is not None else None,
        }


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the settings once per process.

    Raises AppError("settings_invalid") naming the setting and what is wrong with it.
    """
    return load_settings()


def load_settings(**overrides: Any) -> Settings:
    """Read the settings anew, with overrides such as ``data_dir`` from the command line."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = environment_name(str(first["loc"][0])) if first["loc"] else "?"
        raise AppError("settings_invalid", setting=name, reason=first["msg"]) from None


def environment_name(field: str) -> str:
    """Return the environment variable that sets a field."""
    info = Settings.model_fields.get(field)
    alias = info.validation_alias if info else None
    if isinstance(alias, str):
        return alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return field if field.isupper() else f"COGEP_{field.upper()}"
