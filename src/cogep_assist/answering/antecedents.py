"""Which sentences say nothing without the one before them: "Ele também ...", "Isso ...". Pure."""

import re

from cogep_assist.retrieval.portuguese import fold

_CONNECTIVES = (
    r"(?:(?:e|mas|tambem|porem|contudo|entretanto|todavia|no entanto|alem disso|assim|portanto|logo"
    r"|por exemplo|por outro lado|da mesma forma|inicialmente|depois|alias|ou seja)\b,?\s+)*"
)
# What points to something said: at the very opening, or where only a short clause stands before it.
_POINTS = (
    r"(?:d|n|a|aqu)?(?:ele|ela|eles|elas|esse|essa|esses|essas|este|esta|estes|estas|isso|isto)"
    r"|(?:d|n)?aquel[ea]s?|aquilo|tal|tais|ambos|ambas|[oa]s? mesm[oa]s?|[oa]s? quais|[oa] qual"
    r"|por (?:isso|isto|ess[ea]|est[ea])|com (?:isso|isto|ess[ea]s?|est[ea]s?)"
)
_OPENS = re.compile(rf"\W*{_CONNECTIVES}(?:{_POINTS})\b")
_PERSON = re.compile(r"\W*(?:\w+[ ,]+){1,4}(?:ele|ela|eles|elas|isso|deles?|delas?)\b")
_NAMES = re.compile(r"\s[A-ZÀ-Þ]|\b(?i:os?|as?|uma?)\b")
# "Esta portaria", "neste manual": the text itself, which needs nothing before it.
_ITSELF = re.compile(
    rf"\W*{_CONNECTIVES}(?:d|n)?est[ea]s?\s+(?:ato|anexo|artigo|capitulo|cartilha|circular|codigo"
    r"|contrato|curso|decreto|documento|edital|guia|instrucao|lei|manual|norma|orientacao|pagina"
    r"|plano|politica|portal|portaria|procedimento|regimento|regulamento|resolucao|secao|sistema"
    r"|site|termo|tutorial)\b"
)


def leans_back(sentence: str) -> bool:
    """Tell whether a sentence opens with a word for what was said before it."""
    opening = fold(sentence[:160])
    if _ITSELF.match(opening):
        return False
    if _OPENS.match(opening):
        return True
    found = _PERSON.match(opening)
    # "Segundo João, ele ...", "o servidor que ele ...": who is meant stands in the sentence itself.
    return found is not None and not _NAMES.search(sentence[: found.end()])
