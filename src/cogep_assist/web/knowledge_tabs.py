"""The tabs of Conhecimento, by what somebody may do."""

from cogep_assist.core.principal import Act, Principal

_TABS = (
    ("/conhecimento", "Documentos", Act.READ_DOCUMENTS),
    ("/conhecimento/fontes", "Fontes", Act.READ_SOURCES),
    ("/conhecimento/fila", "Fila", Act.MANAGE_JOBS),
    ("/conhecimento/lacunas", "Lacunas", Act.READ_GAPS),
    ("/conhecimento/artigos", "Artigos", Act.DRAFT_ARTICLES),
    ("/conhecimento/busca", "Teste de busca", Act.READ_EVALUATIONS),
    ("/conhecimento/avaliacao", "Avaliação", Act.READ_EVALUATIONS),
    ("/conhecimento/sinonimos", "Sinônimos", Act.READ_SYNONYMS),
)


def knowledge_tabs(principal: Principal, current: str) -> list[tuple[str, str, bool]]:
    """Return address, words and whether it is open, of each tab that somebody may open."""
    return [(href, words, href == current) for href, words, act in _TABS if principal.may(act)]
