"""Tell whether the passages hold an answer, or whether it is better to say that none was found.

Pure. The judgement adds up what the question and the passages speak for, each along a curve of its
own; curves and threshold were learnt by ``bench/abstention.py`` on questions whose passage was
there, had been taken away, or belonged to another base.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cogep_assist.answering.brackets import in_bracket
from cogep_assist.answering.extract import ExtractedAnswer
from cogep_assist.answering.frame_words import asked_factor, speaking
from cogep_assist.answering.near_miss import NearMiss, near_miss
from cogep_assist.answering.provisions import asked_provision, mentions
from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.answering.written_words import written_words
from cogep_assist.retrieval.hit import AskedTerm, Findings, Hit
from cogep_assist.retrieval.lexical import inverse_frequency
from cogep_assist.retrieval.portuguese import fold, other_number, stem, words

# What each value speaks for, in log odds, by the points of a curve: learnt on seven sets (ADR 0081)
# by ``bench/abstention.py``, which prints such curves.
BIAS = -5.41
CURVES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "covered": ((0.058, 0.00), (0.172, 0.24), (0.310, 0.87), (0.742, 1.61), (1.000, 1.47)),
    "window_share": ((0.053, 0.00), (0.157, 0.29), (0.280, 0.95), (0.680, 1.54), (1.000, 1.79)),
    "lead": ((0.000, 0.00), (0.001, -0.05), (0.004, -0.46), (0.039, -0.19), (0.867, 2.33)),
    "crowd": ((0.234, 0.00), (0.363, 0.04), (0.505, -0.20), (0.752, -1.23), (0.960, -2.20)),
    "support": ((7.796, 0.00), (9.188, 0.68), (10.301, 1.08), (12.600, 1.47), (16.323, 1.95)),
    "phrases": ((0.000, 0.00), (0.250, 0.82), (1.000, 1.32)),
    "answer_grams": (
        (0.091, 0.00),
        (0.255, -0.11),
        (0.417, 0.43),
        (0.750, 0.96),
        (1.000, 1.31),
    ),
    "sentence_evidence": (
        (0.066, 0.00),
        (0.198, 0.20),
        (0.283, 0.31),
        (0.478, 0.88),
        (1.743, 1.72),
    ),
    "digits_missing": ((0.000, 0.00), (1.000, -0.97)),
    "names_missing": ((0.000, 0.00), (0.500, -0.05), (0.885, -0.72)),
    "unknown": ((0.000, 0.00), (0.333, -0.24), (0.500, -0.11), (1.000, -0.41)),
}
# Said by a rule, not learnt: the sets hold few questions of the kind (docs/adr/0071).
RULED_OUT = 6.0
# Where about one right answer in seventeen is withheld: one in twenty (0.2) lets more near misses
# through on organisations' own documents (docs/adr/0081).
THRESHOLD = 0.24
# The fewer passages there are, the more of a question's words stand in many of them or in none, and
# the less what is found weighs beside what is lacking: twice as many answers were doubted in bases
# of 30 to 120 passages. Words are weighed as if there were so many (docs/adr/0051).
_FEWEST = 600
# What a word that only stands in for an unknown one is worth.
_STAND_IN = 0.7
_NARROW, _WIDE = 10, 20
# How far ahead the best passage counts where no other document was found to compare it with.
_NO_RIVAL = 0.3
_MOST_LEAD = 1.5
# Of so few words each must be known.
_FEW = 2
# The passage that tells how many speak of the same; and what counts where there are fewer.
_CROWD, _NO_CROWD = 5, 0.5
# "Qual o prazo", "quanto tempo", "valor da diária": a quantity is what is asked, and not a word
# that stands beside it ("quem perde o prazo", "o valor que se soma").
_ASKS_QUANTITY = re.compile(
    r"\bquant[oa]s?\b|^\W*(?:valor|preco|prazo|custo|duracao)\b"
    r"|\b(?:que|qual|quais)(?: (?:e|era|foi|sao|sera|o|a|os|as|seu|sua)){0,3}"
    r" (?:valor|preco|custo|prazo|duracao)\b"
)
# An answer to what is paid is a sum, or says that there is nothing to pay; to how many or how long,
# a number or a time.
_ASKS_PRICE = re.compile(r"\b(?:cust|pag|cobr|prec|taxa|tarif|multa|mensalid|anuid|valor d)")
_PAID = re.compile(
    r"\d,\d\d\b|(?:\$|€|£) ?\d|\b\d[\d.]*(?:,\d+)? (?:mil|milhoes|bilhoes|reais|dolares|euros)\b"
    r"|\b(?:sem (?:custo|onus|cobranca|taxa)|isent|gratis|gratuit|de graca|livre"
    r"|nao (?:se )?(?:ha|paga|cobra|custa))"
)
_COUNTED = re.compile(r"\d")
_LASTING = re.compile(r"\d|\b(?:minutos|horas|dias|semanas|meses|anos|decadas|seculos)\b")
# "Quanto era a taxa em 2021?"
_IN_YEAR = re.compile(r"\b(?:em|no ano de|ano de|de) ((?:19|20)\d\d)\b(?!/)")
# Who asks for a telephone is not answered by an address.
_CONTACTS = (
    (
        re.compile(
            r"\b(?:qual|quais|que|o|um|tem|algum)\s(?:e\s)?(?:o\s)?(?:numero d[eo]\s)?"
            r"(?:telefone|fone|celular|whatsapp|zap|ramal)\b|^\W*(?:telefone|whatsapp|ramal)\b"
        ),
        re.compile(r"\d{4}[-. ]?\d{4}|\b0[358]00\b|\bramal\s\D{0,3}\d{2,}|\b1\d\d\b|\b\d{4}\b"),
    ),
    (
        re.compile(r"\b(?:qual|quais|que|o|um|tem|algum)\s(?:e\s)?(?:o\s)?e-?mail\b|^\W*e-?mail d"),
        re.compile(r"\S@\S"),
    ),
)
_QUANTITIES = {Sought.AMOUNT: _COUNTED, Sought.NUMBER: _COUNTED, Sought.DURATION: _LASTING}
_WORD = re.compile(r"\w+")
# A word written large inside a sentence.
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to abstain, how likely the answer holds (0 to 1), and the words nobody knows.

    ``near`` is what the passages speak of instead, where the answer may be another's, and
    ``unanswered`` are the parts of the question that nothing answers, as they were typed.
    """

    abstain: bool
    confidence: float
    unknown_words: tuple[str, ...]
    near: NearMiss | None = None
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    term: AskedTerm
    weight: float


def judge(
    question: str, findings: Findings, answer: ExtractedAnswer, *, threshold: float = THRESHOLD
) -> Verdict:
    """Judge an answer by its question and all that was found.

    Without a passage, a sentence or a single word of the question in the collections, abstain.
    """
    asked = _asked(question, findings)
    unknown = _as_written(question, [one.term.word for one in asked if not one.term.frequency])
    known = any(one.term.frequency or one.term.stand_ins for one in asked)
    if not findings.hits or not answer.sentences or not known:
        return Verdict(True, 0.0, unknown)
    if answer.named:
        return Verdict(False, 1.0, unknown)
    provision = asked_provision(question)
    if provision and not any(mentions(provision, hit.text) for hit in findings.hits):
        return Verdict(True, 0.0, unknown)
    near = near_miss(question, findings, answer)
    odds = answer_odds(features(question, findings, answer))
    if ruled_out(question, findings, answer, near):
        odds -= RULED_OUT
    confidence = 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))
    return Verdict(confidence < threshold, round(confidence, 4), unknown, near)


def _as_written(question: str, folded: Sequence[str]) -> tuple[str, ...]:
    """Return words as the person wrote them, accents and all."""
    written = written_words(question)
    return tuple(written.get(word, word) for word in folded)


def answer_odds(found: Mapping[str, float]) -> float:
    """Return the log odds that an answer holds, by its ``features``."""
    return BIAS + sum(_spoken(CURVES[name], value) for name, value in found.items())


def _spoken(curve: Sequence[tuple[float, float]], value: float) -> float:
    """Return what a value speaks for: linear between the points of its curve, level beyond."""
    if value <= curve[0][0]:
        return curve[0][1]
    for (x, y), (after, then) in pairwise(curve):
        if value <= after:
            return y + (then - y) * (value - x) / (after - x)
    return curve[-1][1]


def features(question: str, findings: Findings, answer: ExtractedAnswer) -> dict[str, float]:
    """Return what the judgement rests on, by the names of ``CURVES``."""
    asked = _asked(question, findings)
    first = findings.hits[0]
    held = _held(first)
    rarest = inverse_frequency(1, max(findings.chunk_count, _FEWEST))
    best = max(answer.sentences, key=lambda one: _coverage(asked, _stems(one.quote)))
    # A sentence stands under its title and headings: what they say need not be said again.
    said = _stems(f"{best.hit.title}\n{best.hit.heading}\n{best.quote}")
    text = f"{first.title}\n{first.heading}\n{first.text}"
    weights = _weights(asked)
    covered = _coverage(asked, held)
    narrow = min(_window(text, weights, _NARROW) / (3 * rarest), _MOST_LEAD)
    return {
        "covered": covered,
        "window_share": _window(text, weights, _WIDE) / _total(asked),
        "lead": _ahead(findings.hits) * covered * narrow,
        "crowd": _crowd(findings.hits),
        "support": answer.support,
        "phrases": _phrases(question, first.text),
        "answer_grams": _gram_share(question, answer.text),
        "sentence_evidence": _evidence(asked, said, rarest),
        "digits_missing": _digits_missing(question, first),
        "names_missing": _names_missing(question, held),
        "unknown": sum(one.weight for one in asked if not one.term.frequency) / _total(asked),
    }


def ruled_out(
    question: str, findings: Findings, answer: ExtractedAnswer, near: NearMiss | None
) -> bool:
    """Tell whether a rule speaks against the answer.

    It is surely another's, it lacks the quantity, contact or year that is asked for, or of the two
    words that a question is made of no document knows one: "prazo do consórcio".
    """
    if near is not None and near.surely:
        return True
    asked = _asked(question, findings)
    if len(asked) <= _FEW and any(not (o.term.frequency or o.term.stand_ins) for o in asked):
        return True
    if _lacks_contact(question, answer) or _is_of_no_year(question, findings.hits):
        return True
    wanted = sought(question)
    supplied = supplies(answer.text, wanted, question)
    return not supplied and _is_uncounted(question, wanted, answer.text)


def _lacks_contact(question: str, answer: ExtractedAnswer) -> bool:
    """Tell whether a telephone or an address of mail is asked for and no sentence has one."""
    asked, told = fold(question), fold(answer.text)
    return any(wants.search(asked) and not has.search(told) for wants, has in _CONTACTS)


def _is_of_no_year(question: str, hits: Sequence[Hit]) -> bool:
    """Tell whether what held in a year is asked for, and nothing that was found names the year."""
    years = set(_IN_YEAR.findall(fold(question)))
    held = "\n".join(f"{hit.title}\n{hit.heading}\n{hit.text}" for hit in hits)
    return any(year not in held for year in years)


def _is_uncounted(question: str, wanted: Sought, text: str) -> bool:
    """Tell whether a quantity is asked for and a text has none of any writing."""
    asked, told = fold(question), fold(text)
    if wanted not in _QUANTITIES or not _ASKS_QUANTITY.search(asked):
        return False
    if wanted is Sought.AMOUNT and _ASKS_PRICE.search(asked):
        return _PAID.search(told) is None
    if _QUANTITIES[wanted].search(told):
        return False
    return not supplies(text, Sought.TIME, "")


def _asked(question: str, findings: Findings) -> list[_Asked]:
    about = asked_terms(question)
    terms = [term for term in findings.terms if term.term in about] or list(findings.terms)
    terms = speaking(question, terms)
    return [_Asked(term, _weight(term, findings.chunk_count)) for term in terms]


def _weight(term: AskedTerm, chunk_count: int) -> float:
    return inverse_frequency(term.frequency, max(chunk_count, _FEWEST)) * asked_factor(term)


def _held(hit: Hit) -> set[str]:
    return _stems(f"{hit.title}\n{hit.heading}\n{hit.text}")


def _stems(text: str) -> set[str]:
    said = words(text)
    return {*map(stem, said), *(other for other in map(other_number, said) if other)}


def _holds(term: AskedTerm, held: set[str]) -> float:
    if term.term in held:
        return 1.0
    return _STAND_IN if held.intersection(term.stand_ins) else 0.0


def _coverage(asked: Sequence[_Asked], held: set[str]) -> float:
    return sum(one.weight * _holds(one.term, held) for one in asked) / _total(asked)


def _evidence(asked: Sequence[_Asked], held: set[str], rarest: float) -> float:
    """Return how much the words that are held weigh, in the rarest words' weights."""
    weight = sum(one.weight * _holds(one.term, held) for one in asked)
    return min(weight / (3 * rarest), 2.0)


def _weights(asked: Sequence[_Asked]) -> dict[str, float]:
    """Return the weight of each term, or of the words that stand in for an unknown one."""
    weights = {one.term.term: one.weight for one in asked if one.term.frequency}
    for one in asked:
        for name in () if one.term.frequency else one.term.stand_ins:
            weights[name] = max(weights.get(name, 0.0), one.weight * _STAND_IN)
    return weights


def _window(text: str, weights: Mapping[str, float], width: int) -> float:
    """Return the weight of the distinct terms in the best run of so many words."""
    places = [(at, term) for at, term in enumerate(map(stem, words(text))) if term in weights]
    best = 0.0
    for first, (start, _) in enumerate(places):
        inside = {term for at, term in places[first : first + width] if at - start < width}
        best = max(best, sum(weights[term] for term in inside))
    return best


def _phrases(question: str, text: str) -> float:
    """Return the share of the question's words that the next one follows in the text as well."""
    asked, said = (_WORD.findall(fold(one)) for one in (question, text))
    there = set(pairwise(said))
    pairs = list(pairwise(asked))
    return sum(pair in there for pair in pairs) / len(pairs) if pairs else 0.0


def _ahead(hits: Sequence[Hit]) -> float:
    """Return how far the best passage is ahead of the best one of another document, 0 to 1.

    Alone it says more about the size of a base than about the answer: what nobody can answer finds
    one chance passage ahead of all others. It counts as far as the passage holds what was asked.
    """
    first = hits[0]
    rival = next((hit.score for hit in hits if hit.version_id != first.version_id), None)
    if rival is None or first.score <= 0:
        return _NO_RIVAL
    return min(max(1 - rival / first.score, 0.0), 1.0)


def _crowd(hits: Sequence[Hit]) -> float:
    """Return how near the fifth passage comes to the best, 0 to 1.

    What a base does not answer, many of its passages touch on alike.
    """
    if len(hits) < _CROWD or hits[0].score <= 0:
        return _NO_CROWD
    return max(hits[_CROWD - 1].score / hits[0].score, 0.0)


def _names_missing(question: str, held: set[str]) -> float:
    """Return the share of the names in a question that the passage does not have."""
    named = [word for name in _NAME.findall(question) for word in words(name)]
    missing = [word for word in named if stem(word) not in held]
    return len(missing) / len(named) if named else 0.0


def _digits_missing(question: str, hit: Hit) -> float:
    held = f"{hit.title}\n{hit.heading}\n{hit.text}"
    missing = any(digits not in held for digits in _DIGITS.findall(question))
    # "Quem autoriza 25 mil?" is answered by "até R$ 30.000,00".
    return float(missing and not in_bracket(question, hit.text))


def _total(asked: Sequence[_Asked]) -> float:
    return sum(one.weight for one in asked) or 1.0


def _gram_share(question: str, text: str) -> float:
    """Return the share of the 4-letter pieces of the question's words that the text holds."""
    wanted = {
        word[place : place + 4]
        for word in words(question)
        for place in range(max(len(word) - 3, 1))
    }
    folded = fold(text)
    return sum(gram in folded for gram in wanted) / len(wanted) if wanted else 0.0
