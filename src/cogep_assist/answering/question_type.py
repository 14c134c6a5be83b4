"""What kind of thing a Portuguese question asks for, and whether a text holds one. Pure."""

import re
from enum import Enum

from cogep_assist.retrieval.portuguese import fold, words


class Sought(Enum):
    """What an answer must hold."""

    TIME = "time"
    DURATION = "duration"
    AMOUNT = "amount"
    NUMBER = "number"
    PERSON = "person"
    TERMS = "terms"
    PLACE = "place"
    DEFINITION = "definition"
    REASON = "reason"
    PROCEDURE = "procedure"
    LIST = "list"
    OTHER = "other"


_WHICH = r"(?:que|qual|quais) (?:e )?(?:o |a )?"
_MAY = "(?:pode|podem|tem direito|tera direito|faz jus)"
_CUES: dict[Sought, tuple[str, ...]] = {
    Sought.DURATION: (
        "quanto tempo", "de quanto em quanto tempo", "quantos (?:dias|meses|anos)",
        "quantas (?:horas|semanas)", "prazo", "duracao", "dura",
    ),
    Sought.AMOUNT: (
        "quanto (?:custa|e|vale|recebe|ganha|paga|pago|devo)", f"{_WHICH}(?:valor|preco|custo)",
        "valor", "preco",
    ),
    Sought.TIME: (
        "quando", f"{_WHICH}(?:dia|data|ano|mes|seculo|horario|hora|decada|epoca)", "que horas",
    ),
    Sought.NUMBER: (
        "quantos", "quantas", "quanto", "quanta",
        f"{_WHICH}(?:numero|percentual|porcentagem|taxa|quantidade|idade|ramal|telefone)",
    ),
    # "Quem pode pedir?" asks on what terms, not for a name.
    Sought.TERMS: (f"quem {_MAY}",),
    Sought.PERSON: (
        rf"quem(?! {_MAY}\b)", f"{_WHICH}(?:nome|setor|orgao|unidade|responsavel)",
    ),
    Sought.PLACE: (
        "onde", "aonde", f"{_WHICH}(?:lugar|local|cidade|pais|estado|endereco|regiao|sala)",
    ),
    Sought.DEFINITION: (
        "o que (?:e|sao|significa|quer dizer)", "significa", "sigla", "definicao", "conceito",
    ),
    Sought.REASON: ("por que", "porque", f"(?:por )?{_WHICH}(?:motivo|razao|causa)"),
    Sought.PROCEDURE: ("como", "passo a passo", "passos", "de que (?:forma|maneira|modo)"),
    Sought.LIST: ("quais", "documentos", "requisitos", "liste"),
}  # fmt: skip
_QUESTION = {kind: re.compile(rf"\b(?:{'|'.join(patterns)})\b") for kind, patterns in _CUES.items()}

_MONTHS = "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_COUNTED = (
    r"(?:\d+(?:[.,]\d+)*|um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|"
    r"quinze|vinte|trinta|quarenta|cinquenta|sessenta|noventa|cem|cento|mil|metade|terco)"
)
_EVIDENCE: dict[Sought, re.Pattern[str]] = {
    Sought.TIME: re.compile(
        rf"\b(?:1[0-9]{{3}}|20[0-9]{{2}}|{_MONTHS}|\d{{1,2}}/\d{{1,2}}|\d{{1,2}}h|seculo|"
        r"segunda|terca|quarta|quinta|sexta|sabado|domingo|dia \d+|antes|depois|apos|ate o)\b"
    ),
    Sought.DURATION: re.compile(
        rf"\b{_COUNTED}\s*(?:\([^)]*\)\s*)?(?:dias?|meses|mes|anos?|horas?|semanas?|minutos?|"
        r"segundos?|h\b|decadas?|seculos?)"
    ),
    Sought.AMOUNT: re.compile(
        rf"r\$|us\$|€|£|\b{_COUNTED}\s*(?:mil|milhoes|bilhoes|reais|dolares|euros|libras|%|"
        r"por cento)|\bpor cento\b|\bgratuit|\bmetade\b|\bterco\b"
    ),
    Sought.NUMBER: re.compile(rf"\b{_COUNTED}\b"),
    Sought.REASON: re.compile(
        r"\b(?:porque|pois|devido|motivo|razao|causa|por isso|uma vez que|ja que|para que|visto)\b"
    ),
    Sought.PROCEDURE: re.compile(
        r"\b(?:deve|devem|acesse|abra|clique|envie|preencha|entre|escolha|selecione|passos?|"
        r"por meio|atraves|mediante|solicite|requerer|pedir|basta|primeiro)\b"
    ),
}
_DEFINING = frozenset(("significa", "sigla", "definicao", "conceito", "quer", "dizer"))
_DEFINITION = re.compile(
    r"\W*(?P<subject>.{1,120}?)"
    r"(?:\s(?:e|sao|significa|consiste|refere-se|trata-se|designa)\s|\s?[:(–—])"
)
_NAME = re.compile(r"(?<=\s)(?:[A-ZÀ-Þ][\w’'-]+|[A-ZÀ-Þ]{2,})")
_OF_PLACE = re.compile(
    r"\b(?:em|no|na|nos|nas|ao|sala|bloco|andar|rua|avenida|portal|pagina|sitio|site|menu)\b"
)


# "O que acontece quando ...", "que ácido é usado como ...": what opens the question asks, and such
# a word after it only joins two clauses.
_OPENING = re.compile(
    r"\W*(?:(?:e|mas|em|de|d[oa]s?|a|ao|para|por|com|contra|desde|ate|sobre|segundo|n[oa]s?) )*"
    r"(?:que|qual|quais|o que)\b"
)
_ALL = re.compile(r"\W*quem (?:sao|eram|foram)\b")
_JOINING = frozenset(("quando", "onde", "aonde", "quem", "como", "quanto", "quanta"))


def sought(question: str) -> Sought:
    """Return what a question asks for; the first cue in it decides."""
    folded = fold(question)
    asked = _OPENING.match(folded) is not None
    found = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(_QUESTION.items())
        for match in pattern.finditer(folded)
        if not (asked and match.group() in _JOINING)
    ]
    return min(found)[2] if found else Sought.OTHER


def asks_for_all(question: str) -> bool:
    """Tell whether a question asks for all of several: "quais são ...", "liste ...", "quem são"."""
    return sought(question) is Sought.LIST or _ALL.match(fold(question)) is not None


def supplies(text: str, wanted: Sought, question: str) -> float:
    """Return 1 where a text holds what is sought, 0 where not, 0.5 where nothing can be told.

    A name or a number that the question already gives is no answer to it.
    """
    if wanted in (Sought.PERSON, Sought.PLACE):
        given = fold(question)
        names = [name for name in _NAME.findall(text) if fold(name) not in given]
        if wanted is Sought.PLACE:
            return float(bool(names) and bool(_OF_PLACE.search(fold(text))))
        return float(bool(names))
    if wanted is Sought.DEFINITION:
        return _defines(fold(text), fold(question))
    pattern = _EVIDENCE.get(wanted)
    if pattern is None:
        return 0.5
    given = fold(question)
    return float(any(match.group() not in given for match in pattern.finditer(fold(text))))


def _defines(text: str, question: str) -> float:
    """Return 1 where a text opens with what the question names and says what it is."""
    subject = [word for word in words(question) if word not in _DEFINING]
    opening = _DEFINITION.match(text)
    if not subject or opening is None:
        return 0.0
    named = words(opening.group("subject"))
    return 1.0 if set(named[: len(subject)]) == set(subject) else 0.3
