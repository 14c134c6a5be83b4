"""Tell, for whoever runs the system, how well parsing is held on this machine."""

from dataclasses import dataclass

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.child import parser_pool

_NETWORK = frozenset({"network_namespace", "network_profile"})


@dataclass(frozen=True, slots=True)
class SandboxLevel:
    """Name the level (``strong``, ``partial``, ``weak``, ``unavailable``) and say it in Portuguese.

    ``measures`` are the names that the parser child itself reported.
    """

    level: str
    measures: tuple[str, ...]
    sentence: str


def sandbox_level() -> SandboxLevel:
    """Start a parser child and report the isolation it reached; blocks for under a second."""
    try:
        measures = parser_pool().isolation()
    except AppError as error:
        return SandboxLevel("unavailable", (), error.message)
    held = set(measures)
    cut_off = bool(held & _NETWORK)
    filtered = "system_calls" in held
    fenced = "file_access" in held
    limited = "memory" in held
    if limited and cut_off and filtered and fenced:
        return SandboxLevel(
            "strong",
            measures,
            "A leitura de documentos roda em processos isolados: sem rede, sem os arquivos do "
            "servidor, com memória, tempo e chamadas de sistema limitados.",
        )
    if limited and (cut_off or filtered):
        return SandboxLevel(
            "partial",
            measures,
            "A leitura de documentos roda em processos sem acesso à rede e com memória limitada; "
            + _missing(cut_off, filtered),
        )
    if cut_off:
        return SandboxLevel(
            "partial",
            measures,
            "A leitura de documentos roda em processos sem acesso à rede e com tempo limitado; o "
            "limite de memória não é garantido por este sistema.",
        )
    return SandboxLevel(
        "weak",
        measures,
        "A leitura de documentos roda em processos separados, com tempo "
        + ("e memória limitados" if limited else "limitado")
        + ", mas este sistema não permite tirar deles o acesso à rede; prefira Linux para ler "
        "documentos de origem desconhecida.",
    )


def _missing(cut_off: bool, filtered: bool) -> str:
    if not cut_off:
        return (
            "o isolamento por espaço de rede não é permitido nesta máquina, e o filtro de "
            "chamadas de sistema cuida de negar a rede."
        )
    if not filtered:
        return "o filtro de chamadas de sistema não está disponível nesta máquina."
    return (
        "eles ainda podem ler os arquivos que a conta do servidor lê, pois este núcleo não tem "
        "Landlock (Linux 5.13 ou mais novo)."
    )
