"""Settings of the models that may stand beside the product: vectors, reranking, language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, SecretStr
from pydantic_settings import BaseSettings, NoDecode

# What the settings of each kind of model begin with.
PREFIXES: Mapping[str, str] = {"chat": "llm", "embeddings": "embed", "rerank": "rerank"}
# Where programs that serve models listen on the machine of this program, each at its usual port.
LOCAL_MODEL_PORTS = (11434, 8000, 8080, 1234)


class ModelSettings(BaseSettings):
    """What an administrator can set about models; all of them are off at first."""

    # The kinds of model that were chosen on the page, and not by who runs the server.
    _chosen: frozenset[str] = PrivateAttr(default_factory=frozenset)

    model_hosts: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: [
            f"{host}:{port}" for host in ("localhost", "127.0.0.1") for port in LOCAL_MODEL_PORTS
        ],
        description=(
            "Servidores internos que a página de modelos pode usar: host ou host:porta; com "
            "vírgula."
        ),
    )
    embed_url: str | None = Field(
        default=None, description="Endereço de um serviço /v1/embeddings (desligado sem ele)."
    )
    embed_path: Path | None = Field(
        default=None,
        description="Pasta de um modelo de vetores local em ONNX (em vez de COGEP_EMBED_URL).",
    )
    embed_model: str | None = Field(default=None, description="Modelo de vetores a pedir.")
    embed_api_key: SecretStr | None = Field(default=None, description="Chave do serviço.")
    embed_provider_own: bool = Field(
        default=False,
        description="Confirma que o serviço de vetores é da própria organização.",
    )
    embed_batch: int = Field(
        default=64, ge=1, le=2048, description="Trechos enviados por chamada de vetores."
    )
    embed_query_prefix: str | None = Field(
        default=None,
        description="Texto que o modelo espera antes de perguntas, como “query: ”.",
    )
    embed_passage_prefix: str | None = Field(
        default=None,
        description="Texto que o modelo espera antes de trechos, como “passage: ”.",
    )
    embed_query_seconds: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="Espera máxima pelo vetor de uma pergunta; depois, a busca segue sem ele.",
    )
    embed_weight: float | None = Field(
        default=None,
        ge=0,
        le=10,
        description="Peso dos vetores ao lado das palavras na ordem dos trechos (padrão: medido).",
    )
    rerank_url: str | None = Field(
        default=None, description="Endereço de um serviço /v1/rerank (desligado sem ele)."
    )
    rerank_path: Path | None = Field(
        default=None,
        description="Pasta de um reordenador local em ONNX (em vez de COGEP_RERANK_URL).",
    )
    rerank_model: str | None = Field(default=None, description="Modelo reordenador a pedir.")
    rerank_api_key: SecretStr | None = Field(default=None, description="Chave do reordenador.")
    rerank_provider_own: bool = Field(
        default=False, description="Confirma que o reordenador é da própria organização."
    )
    rerank_top: int = Field(
        default=20, ge=2, le=200, description="Quantos dos melhores trechos são reordenados."
    )
    rerank_seconds: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="Tempo máximo do reordenador por busca; o que faltar fica na ordem que tinha.",
    )
    llm_url: str | None = Field(
        default=None, description="Endereço de um serviço de conversa compatível com OpenAI."
    )
    llm_model: str | None = Field(default=None, description="Modelo de linguagem a pedir.")
    llm_api_key: SecretStr | None = Field(default=None, description="Chave do serviço.")
    llm_provider: Literal["own", "external"] | None = Field(
        default=None,
        description="Quem opera o modelo de linguagem: own (a própria organização) ou external.",
    )
    llm_country: str | None = Field(
        default=None, description="País em que o modelo processa os dados, para o registro."
    )
    llm_mechanism: str | None = Field(
        default=None,
        description="Mecanismo do art. 33 da LGPD que ampara o envio, para o registro.",
    )
    llm_max_tokens: int = Field(
        default=800, ge=16, le=32_000, description="Máximo de tokens que o modelo escreve."
    )
    llm_passages: int = Field(
        default=8, ge=1, le=20, description="Trechos mostrados ao modelo em cada pergunta."
    )
    llm_wait_seconds: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="Tempo máximo sem que o modelo escreva nada; depois, a resposta é extraída.",
    )
    llm_total_seconds: float = Field(
        default=120.0, gt=0, le=3600, description="Tempo máximo de uma resposta do modelo."
    )
    llm_concurrency: int = Field(
        default=4, ge=1, le=256, description="Respostas que um processo pede ao modelo por vez."
    )
    vault_hours: int = Field(
        default=24,
        ge=1,
        le=2160,
        description="Horas que os pseudônimos de uma conversa duram após a última pergunta.",
    )
    nli_path: Path | None = Field(
        default=None,
        description="Pasta de um modelo ONNX de inferência textual que confere também as frases.",
    )

    def has_model(self, kind: str) -> bool:
        """Tell whether a model of a kind ("chat", "embeddings", "rerank") is set."""
        prefix = PREFIXES[kind]
        return any(getattr(self, f"{prefix}_{end}", None) for end in ("url", "path"))

    def is_chosen(self, kind: str) -> bool:
        """Tell whether a model was chosen on the page: it may reach less than the server's own."""
        return kind in self._chosen

    def with_chosen(self, chosen: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return these settings with the fields of kinds that were chosen on the page.

        A kind that the server's environment sets stays as it is.
        """
        free = {kind: fields for kind, fields in chosen.items() if not self.has_model(kind)}
        update = {name: value for fields in free.values() for name, value in fields.items()}
        made = self.model_copy(update=update)
        made._chosen = frozenset(free)  # noqa: SLF001 - its own, of a copy
        return made
