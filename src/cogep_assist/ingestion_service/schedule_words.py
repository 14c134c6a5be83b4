"""The many ways to say a schedule in Portuguese, brought to the few that the parser reads."""

import re
from collections.abc import Callable

_Replacement = str | Callable[["re.Match[str]"], str]

_UNIT = r"(minuto|hora|dia|semana)s?"
_NUMBERS = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6,
    "sete": 7, "oito": 8, "nove": 9, "dez": 10, "doze": 12, "quinze": 15, "vinte": 20,
    "trinta": 30, "quarenta": 40,
}  # fmt: skip
_SHORT_DAYS = {
    "seg": "segunda", "ter": "terca", "qua": "quarta", "qui": "quinta", "sex": "sexta",
    "sab": "sabado", "dom": "domingo", "2": "segunda", "3": "terca", "4": "quarta", "5": "quinta",
    "6": "sexta",
}  # fmt: skip
_TIMES_A_DAY = {2: 12, 3: 8, 4: 6, 6: 4, 8: 3, 12: 2}


def plain_words(folded: str) -> str:
    """Rewrite what was said (folded, in lower case) into the forms that are read.

    "de 15 em 15 minutos" -> "a cada 15 minutos", "às 7 da noite" -> "às 19h"; what is not known
    stays as it is.
    """
    words = folded
    for pattern, replacement in _REWRITES:
        words = pattern.sub(replacement, words)
    return " ".join(words.split())


def _number(match: "re.Match[str]") -> str:
    return str(_NUMBERS[match[0]])


def _short_day(match: "re.Match[str]") -> str:
    return _SHORT_DAYS[match[1]]


def _same_number(match: "re.Match[str]") -> str:
    return f"a cada {match[1]} {match[2]}s"


def _times_a_day(match: "re.Match[str]") -> str:
    hours = _TIMES_A_DAY.get(int(match[1]))
    return f"a cada {hours} horas" if hours else match[0]


def _part_of_day(match: "re.Match[str]") -> str:
    """Read the hour by the half of the day that was named: seven at night is 19."""
    hour, minute, part = int(match[1]), match[2] or "00", match[3]
    late = part in {"tarde", "noite"} and hour < 12
    return f"{hour + 12 if late else hour}:{minute}"


def _rewrites(*pairs: tuple[str, _Replacement]) -> list[tuple["re.Pattern[str]", _Replacement]]:
    return [(re.compile(pattern), replacement) for pattern, replacement in pairs]


# In this order: each reads what those before it left.
_REWRITES = _rewrites(
    (r"\b(seg|ter|qua|qui|sex|sab|dom)\b\.?(?!-)", _short_day),
    (r"\b([2-6])(?:a\b)?[- ]feira", _short_day),
    (r"\b(?:a cada|de) meia(?: em meia)? hora\b", "a cada 30 minutos"),
    (r"\ba cada hora e meia\b", "a cada 90 minutos"),
    (rf"\b(?:{'|'.join(_NUMBERS)})\b(?! vez\b)", _number),
    (rf"\bde (\d+) em \1 {_UNIT}\b", _same_number),
    (r"\b(?:1|uma) vez (?:por|ao|a cada|a) hora\b", "a cada 1 hora"),
    (r"\b(?:1|uma) vez (?:por|ao|a cada) dia\b", "todo dia"),
    (r"\b(?:1|uma) vez (?:por|a|a cada) semana\b|^semanal(?:mente)?$", "a cada 1 semana"),
    (r"\b(?:1|uma) vez (?:por|ao|a cada) mes\b|^mensal(?:mente)?\b(?! no dia)", "todo dia 1"),
    (r"\b(\d+) vezes (?:por|ao) dia\b", _times_a_day),
    (r"^quinzenal(?:mente)?$", "a cada 15 dias"),
    (r"^(?:diaria|diario)\b", "diariamente"),
    (r"^hora em hora$", "a cada 1 hora"),
    (r"\b(?:todo |no )*(?:1|primeiro) dia (?:do|de cada|de todo) mes\b", "todo dia 1"),
    (r"\bdia primeiro\b", "dia 1"),
    (r"\b(?:todo |no )*ultimo dia (?:do|de cada|de todo) mes\b", "todo dia L"),
    (r"^(?:no )?dia (\d{1,2}) (?:do|de cada|de todo) mes\b", r"todo dia \1"),
    (r"^(?:de )?segunda(?:-feira)? a(?:te)? sexta(?:-feira)?\b", "dias uteis"),
    (r"\b(\d{1,2})(?:[:h](\d{2})?)?\s*(?:h|hs|horas?)?\s+da (manha|tarde|noite|madrugada)\b",
     _part_of_day),
    (r"^toda (?:manha|tarde|noite|madrugada)\b(?= as )", "todo dia"),
    (r"^(?:no |nos |todo |todos os )?(?:fim|fins) de semana\b", "sabado e domingo"),
    (r"^((?:as|ao|a) (?:\d\S*|mei[oa][- ]\S+)(?: horas?)?),? ((?:tod|dia|na|no|de seg).*)$",
     r"\2 \1"),
    (r"^((?:as|ao) (?:\d\S*|mei[oa][- ]\S+)(?: horas?)?)$", r"todo dia \1"),
)  # fmt: skip
