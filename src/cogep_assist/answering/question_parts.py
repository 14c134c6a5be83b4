"""The parts of a question that asks several things: "qual o prazo e onde entrego?". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cogep_assist.retrieval.portuguese import STOPWORDS, fold

MOST_PARTS = 3
_PREPOSED = r"(?:(?:a|ao|até|com|de|desde|em|para|por|pra|sob|n[oa]s?|d[oa]s?)\s+)?"
_CUE = (
    rf"{_PREPOSED}(?:quais|qual|quant[oa]s?|quando|onde|aonde|quem|como|por que|o que"
    r"|que (?:horas|dias?|m[eê]s|ano|documentos?|pap[eé]is|idade|valor|hor[aá]rio|tipo))\b"
)
# "E aceita cartão?": what is to be answered by yes or no.
_WHETHER = (
    r"(?:aceitam?|pod(?:e|em|emos)|posso|precis[ao]|precisam|t[eê]m|tenho|d[aá] (?:para|pra)"
    r"|existem?|h[aá]|vale|cobram?|fica|preciso)\b(?!\s+(?:ser|de ser)\b)"
)
# Begun where no blank is before it, so that a run of blanks is looked at once.
_JOINT = re.compile(
    rf"(?<!\s)(?:\s*+[?;]\s*+(?:e\s+)?|(?:\s*+,)?\s++e\s+)(?={_CUE}|{_WHETHER})", re.IGNORECASE
)
# "Qual o prazo": what is asked about a thing that is yet to be named.
_ASKS = re.compile(
    rf"^(?:{_PREPOSED}(?:qual|quais)(?:\s+(?:é|são|foi|será))?"
    rf"(?:\s+(?:[oa]s?\s+)?(?!d[aeo]s?\b)[\w-]+)?|{_CUE})",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:[oa]s?|um|uma|d[oa]s?|de|n[oa]s?|ao|à|aos|às|pel[oa]s?|para|com|contra)\s+\w{3,}.*",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b[dn]?(?:el[ea]s?|isso|est[ea]s?|ess[ea]s?)\b", re.IGNORECASE)
_END = " ?.!,;"


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A part as it was ``typed``, and ``whole``: with the thing that another part names."""

    typed: str
    whole: str

    @property
    def borrows(self) -> bool:
        """Tell whether what the part asks about is named by another part."""
        return self.typed != self.whole


def question_parts(question: str) -> list[QuestionPart]:
    """Return the parts of a question that asks several things, none where it asks one.

    "Onde entrego?" means what the part beside it names.
    """
    typed = [part.strip(_END) for part in _JOINT.split(question)]
    typed = [part for part in typed if part]
    asks = [bool(re.match(rf"{_CUE}|{_WHETHER}", part, re.IGNORECASE)) for part in typed]
    cued = any(re.match(_CUE, part, re.IGNORECASE) for part in typed)
    if not 1 < len(typed) <= MOST_PARTS or not all(asks) or not cued:
        return []
    things = [_thing(part) for part in typed]
    return [QuestionPart(part, _whole(part, place, things)) for place, part in enumerate(typed)]


def _thing(part: str) -> str:
    """Return the thing that a part names, "" where it names none itself."""
    if _POINTS.search(part):
        return ""
    rest = _ASKS.sub("", part)
    found = _THING.search(rest)
    named = found.group() if found else ""
    whether = re.match(rf"{_WHETHER}\s*(?P<rest>.*)", part, re.IGNORECASE)
    if not named and whether:
        named = whether["rest"]
    return named if any(fold(word) not in STOPWORDS for word in named.split()) else ""


def _whole(part: str, place: int, things: Sequence[str]) -> str:
    if things[place]:
        return part
    beside = [*reversed(things[:place]), *things[place + 1 :]]
    named = next((thing for thing in beside if thing), "")
    return f"{part} {named}".strip()
