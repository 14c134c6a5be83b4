"""Answer a question with the sentences of the passages themselves, each with its source. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cogep_assist.answering.answer_span import answer_span, cell_span
from cogep_assist.answering.asked_before import asked_before
from cogep_assist.answering.brackets import bracketed
from cogep_assist.answering.choice import (
    MOST_CHARACTERS,
    MOST_SENTENCES,
    PRICE,
    Piece,
    Taken,
    choose,
)
from cogep_assist.answering.differences import contradicts
from cogep_assist.answering.document_age import holds_since
from cogep_assist.answering.passage_units import Unit, UnitKind, passage_units
from cogep_assist.answering.provisions import asked_provision, provision_units
from cogep_assist.answering.question_type import Sought, sought
from cogep_assist.answering.unit_scores import Candidate, asked_terms, support
from cogep_assist.answering.whole_group import (
    MOST_LIST_CHARACTERS,
    MOST_LIST_ITEMS,
    names_cells,
    widened,
    without_false_headers,
)
from cogep_assist.retrieval.hit import Hit
from cogep_assist.retrieval.portuguese import stem, words

__all__ = ["MOST_CHARACTERS", "MOST_SENTENCES", "AnswerSentence", "ExtractedAnswer", "extract"]

_PASSAGES = 8
_ELLIPSIS = "…"
_NUMBERED = re.compile(r"[^\W\d_][).]|[IVXLC]{1,6}\s?[-–—]\s")
_REMARK = re.compile(r"\[[^\[\]]*\][.,;]?")
_WHOLE_LISTS = (Sought.PROCEDURE, Sought.LIST)


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A quotation: ``quote`` is ``start:end`` of the text of the hit's version, to the letter.

    ``text`` is the quotation on one line, or of a long sentence a run of its clauses between
    ellipses. ``kind`` tells sentences, list items and table rows, ``heads`` the header of a table.
    ``emphasis`` is the span of ``text`` that is what was asked for, where that can be told. After
    the last that is shown of a list or table ``more`` counts those that the source holds besides.
    What ``differs`` is said with another date, number or name, or denied, by another document.
    """

    text: str
    kind: UnitKind
    hit: Hit
    start: int
    end: int
    quote: str
    emphasis: tuple[int, int] | None = None
    heads: bool = False
    more: int = 0
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ExtractedAnswer:
    """The sentences that answer, in reading order; empty where the passages hold nothing.

    It is ``named`` where it is the very article, clause or item that the question names.
    ``support`` is how well the best supported piece answers, in log odds.
    """

    sentences: tuple[AnswerSentence, ...]
    named: bool = False
    support: float = 0.0

    @property
    def text(self) -> str:
        """The answer as one text: sentences run on, list items and table rows have their lines."""
        lines: list[str] = []
        for run, group in groupby(self.sentences, key=_line_key):
            parts = [_shown(sentence) for sentence in group]
            lines.append(" ".join(parts) if run[0] is UnitKind.SENTENCE else "\n".join(parts))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The pieces of the best passages, each with how well it answers, in log odds."""

    passages: list[Hit]
    units: list[list[Unit]]
    pieces: list[Piece]
    candidates: list[Candidate]
    scores: NDArray[np.float64]


def extract(
    question: str,
    hits: Sequence[Hit],
    rarity: Mapping[str, float] | None = None,
    *,
    price: float = PRICE,
) -> ExtractedAnswer:
    """Return the best supported sentences, at most 3 and about 400 characters.

    A list or a procedure is kept whole with the sentence that leads into it, a table row whole with
    the table's header, and where a question asks for all of a table, as many rows as it may hold.
    Of a sentence that is too long for the room that is left, the clauses that answer are shown.
    Headings answer nothing alone, and what is said twice is said once. ``rarity`` is the idf of the
    question's terms in the base, where that is known; ``price`` is what a character costs in log
    odds.
    """
    if named := _named(question, hits):
        return ExtractedAnswer(tuple(named), named=True)
    weighed = weigh(question, hits, rarity)
    if not weighed.pieces:
        return ExtractedAnswer(())
    chosen = choose(question, weighed.pieces, weighed.candidates, weighed.scores, price)
    chosen = widened(question, chosen, weighed.units, weighed.passages)
    told = _in_order(question, chosen, weighed.units, weighed.passages)
    told = [replace(one, differs=_differs(one, told)) for one in told]
    return ExtractedAnswer(tuple(_newest_first(told, hits)), support=float(weighed.scores.max()))


def _named(question: str, hits: Sequence[Hit]) -> list[AnswerSentence]:
    """Return the article, clause or item that a question names, where a passage holds it."""
    provision = asked_provision(question)
    if provision is None:
        return []
    passages = list(hits)
    units = [passage_units(hit.text, hit.heading, hit.title) for hit in passages]
    told = provision_units(provision, units, passages)
    chosen = [Taken(Piece(passage, places, True), headed=False) for passage, places in told]
    return _in_order(question, chosen, units, passages)


def weigh(question: str, hits: Sequence[Hit], rarity: Mapping[str, float] | None = None) -> Weighed:
    """Return all that an answer may be made of; ``rarity`` as in ``extract``."""
    passages = list(hits[:_PASSAGES])
    units = [passage_units(hit.text, hit.heading, hit.title) for hit in passages]
    units = without_false_headers(units, passages)
    wanted = sought(question)
    pieces = [
        piece for place, own in enumerate(units) for piece in _pieces(place, own, passages, wanted)
    ]
    if not pieces:
        return Weighed(passages, units, [], [], np.zeros(0))
    candidates = [_candidate(piece, units, passages) for piece in pieces]
    scores = support(question, candidates, rarity)
    scores += [_list_bonus(piece, units, passages, question, wanted) for piece in pieces]
    asked = asked_before(question, units, passages)
    scores += [asked.get((piece.passage, piece.units[-1]), 0.0) for piece in pieces]
    held = bracketed(question, units, passages)
    scores += [held.get((piece.passage, piece.units[-1]), 0.0) for piece in pieces]
    return Weighed(passages, units, pieces, candidates, scores)


def _pieces(
    passage: int, units: Sequence[Unit], passages: Sequence[Hit], wanted: Sought
) -> list[Piece]:
    found: list[Piece] = []
    text = passages[passage].text
    leads = {unit.lead: unit.group for unit in units if unit.kind is UnitKind.ITEM}
    for place, unit in enumerate(units):
        if place in leads:
            found.append(_whole_list(passage, units, leads[place]))
        elif not _only_announces(unit, place, units, text) and not _belongs(unit, units):
            found.append(Piece(passage, (*_lead(unit, units, text), place), False))
    if wanted in _WHOLE_LISTS:
        groups = {u.group for u in units if u.kind is UnitKind.ITEM and u.lead is None}
        found.extend(_whole_list(passage, units, group) for group in sorted(groups, key=str))
    return found


def _lead(unit: Unit, units: Sequence[Unit], text: str) -> tuple[int, ...]:
    """Return the header, lead-in or title that is shown with a unit, where there is room."""
    if unit.lead is None or names_cells(text, unit):
        return ()
    title = units[unit.lead]
    room = unit.end - unit.start + title.end - title.start < MOST_CHARACTERS
    return (unit.lead,) if room or unit.kind is not UnitKind.SENTENCE else ()


def _whole_list(passage: int, units: Sequence[Unit], group: int | None) -> Piece:
    items = [place for place, unit in enumerate(units) if unit.group == group]
    lead = units[items[0]].lead
    kept = [lead] if lead is not None else []
    total = 0
    for place in items[:MOST_LIST_ITEMS]:
        total += units[place].end - units[place].start
        if total > MOST_LIST_CHARACTERS:
            break
        kept.append(place)
    return Piece(passage, tuple(kept), True)


def _only_announces(unit: Unit, place: int, units: Sequence[Unit], text: str) -> bool:
    """Tell whether a unit says nothing alone: a heading, "são estes:", a header, "[nota 3]"."""
    if unit.kind is UnitKind.SENTENCE:
        said = text[unit.start : unit.end]
        remark = said.endswith(":") or _REMARK.fullmatch(said) is not None
        return remark or any(other.lead == place for other in units)
    if unit.kind is UnitKind.ROW:
        return any(other.lead == place for other in units) and not names_cells(text, unit)
    return unit.kind is UnitKind.HEADING


def _belongs(unit: Unit, units: Sequence[Unit]) -> bool:
    """Tell whether a list item must not stand without the others: "only in these cases: ..."."""
    if unit.kind is not UnitKind.ITEM or unit.lead is None:
        return False
    own = [other for other in units if other.group == unit.group]
    return len(own) <= MOST_LIST_ITEMS and own[-1].end - own[0].start <= MOST_LIST_CHARACTERS


def _list_bonus(
    piece: Piece,
    units: Sequence[Sequence[Unit]],
    passages: Sequence[Hit],
    question: str,
    wanted: Sought,
) -> float:
    """Favour a list where a list is asked for and its heading or lead says what was asked."""
    if not piece.whole_list or wanted not in _WHOLE_LISTS:
        return 0.0
    hit, own = passages[piece.passage], units[piece.passage]
    first = own[piece.units[0]]
    announced = set(map(stem, words(f"{hit.heading}\n{hit.text[first.start : first.end]}")))
    asked = set(asked_terms(question))
    numbered = own[piece.units[-1]].numbered and wanted is Sought.PROCEDURE
    return (4.0 if numbered else 2.0) * len(asked & announced) / max(len(asked), 1)


def _candidate(piece: Piece, units: Sequence[Sequence[Unit]], passages: Sequence[Hit]) -> Candidate:
    hit, own = passages[piece.passage], units[piece.passage]
    first = piece.units[0]
    before = own[first - 1] if first else None
    spoken = [hit.text[own[place].start : own[place].end] for place in piece.units]
    # A list without a sentence that leads into it belongs to its heading.
    if piece.whole_list and before and before.kind is UnitKind.HEADING:
        spoken.insert(0, hit.text[before.start : before.end])
    sentence = before is not None and before.kind is UnitKind.SENTENCE
    return Candidate(
        text="\n".join(spoken),
        context=f"{hit.title}\n{hit.heading}{_inner_heading(own, piece.units[-1], hit.text)}",
        before=hit.text[before.start : before.end] if before and sentence else "",
        passage=piece.passage,
        passage_score=hit.score / (passages[0].score or 1.0),
        whole=hit.text,
        start=own[piece.units[-1] if not piece.whole_list else first].start,
        prose=own[piece.units[-1]].kind is UnitKind.SENTENCE,
        lead=own[first].end - own[first].start + 1 if len(piece.units) > 1 else 0,
    )


def _inner_heading(units: Sequence[Unit], place: int, text: str) -> str:
    """Return the heading inside the passage that a unit stands under, on a line of its own."""
    above = (unit for unit in reversed(units[:place]) if unit.kind is UnitKind.HEADING)
    heading = next(above, None)
    return f"\n{text[heading.start : heading.end]}" if heading else ""


def _in_order(
    question: str,
    chosen: Sequence[Taken],
    units: Sequence[Sequence[Unit]],
    passages: Sequence[Hit],
) -> list[AnswerSentence]:
    """Put what was chosen in the order of its sources, the best document first."""
    pieces = [taken.piece for taken in chosen]
    documents = list(dict.fromkeys(passages[piece.passage].version_id for piece in pieces))
    places = {
        (taken.piece.passage, unit): taken.cut for taken in chosen for unit in taken.piece.units
    }
    sentences = {}
    # Of a list every item is the answer: none is told apart.
    alone = not any(piece.whole_list for piece in pieces)
    ends = {(t.piece.passage, t.piece.units[-1]): t.more for t in chosen}
    leads = {(t.piece.passage, t.piece.units[0]) for t in chosen if t.headed} - ends.keys()
    sure = {(taken.piece.passage, taken.piece.units[-1]) for taken in chosen if taken.sure}
    for (passage, place), cut in places.items():
        hit, unit = passages[passage], units[passage][place]
        quote = hit.text[unit.start : unit.end]
        key = (documents.index(hit.version_id), hit.start + unit.start)
        text = _abridged(quote, cut)
        told = (passage, place) in sure
        lead = units[passage][unit.lead] if unit.lead is not None else None
        header = hit.text[lead.start : lead.end] if lead else ""
        sentences[key] = AnswerSentence(
            text=text,
            kind=unit.kind,
            hit=hit,
            start=hit.start + unit.start,
            end=hit.start + unit.end,
            quote=quote,
            emphasis=_emphasis(question, text, unit, header) if alone and told else None,
            heads=unit.kind is UnitKind.ROW and (passage, place) in leads,
            more=ends.get((passage, place), 0),
        )
    return [sentences[key] for key in sorted(sentences)]


def _differs(sentence: AnswerSentence, told: Sequence[AnswerSentence]) -> bool:
    return sentence.kind is not UnitKind.ROW and any(
        other.hit.document_id != sentence.hit.document_id
        and other.kind is not UnitKind.ROW
        and contradicts(sentence.quote, other.quote)
        for other in told
    )


def _newest_first(told: list[AnswerSentence], hits: Sequence[Hit]) -> list[AnswerSentence]:
    """Let the newest of the documents that differ speak first, where all say since when they hold.

    The others keep their places.
    """
    order = list(dict.fromkeys(one.hit.document_id for one in told))
    differing = {one.hit.document_id for one in told if one.differs}
    places = [place for place, document in enumerate(order) if document in differing]
    since = {
        document: holds_since(hit for hit in hits if hit.document_id == document)
        for document in differing
    }
    known = {document: moment for document, moment in since.items() if moment is not None}
    if len(known) < len(since):
        return told
    newest = sorted((order[place] for place in places), key=known.__getitem__, reverse=True)
    for place, document in zip(places, newest, strict=True):
        order[place] = document
    return sorted(told, key=lambda one: order.index(one.hit.document_id))


def _emphasis(question: str, text: str, unit: Unit, header: str) -> tuple[int, int] | None:
    if unit.kind is UnitKind.ROW:
        return cell_span(question, header, text)
    return answer_span(question, text)


def _abridged(quote: str, cut: tuple[int, int] | None) -> str:
    """Return a quotation on one line; ellipses stand for what is left out of it."""
    start, end = cut or (0, len(quote))
    before = f"{_ELLIPSIS} " if start else ""
    after = f" {_ELLIPSIS}" if any(map(str.isalnum, quote[end:])) else ""
    return f"{before}{' '.join(quote[start:end].split())}{after}"


def _line_key(sentence: AnswerSentence) -> tuple[UnitKind, object]:
    return sentence.kind, sentence.hit.version_id


def _shown(sentence: AnswerSentence) -> str:
    marked = sentence.kind is not UnitKind.ITEM or not sentence.text[:1].isalpha()
    numbered = _NUMBERED.match(sentence.text) is not None
    return sentence.text if marked or numbered else f"• {sentence.text}"
