"""Put together what answers each part of a question, and tell which part nothing answers. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from cogep_assist.answering.abstain import Verdict
from cogep_assist.answering.extract import AnswerSentence, ExtractedAnswer, extract
from cogep_assist.answering.lacking_words import lacking_words
from cogep_assist.answering.question_parts import QuestionPart, question_parts
from cogep_assist.answering.question_type import Sought, sought, supplies
from cogep_assist.answering.unit_evidence import term_rarity
from cogep_assist.answering.unit_scores import asked_terms
from cogep_assist.retrieval.hit import Findings
from cogep_assist.retrieval.portuguese import fold, stem, words

_MOST_SENTENCES, _MOST_ADDED = 5, 2
# What surely stands in what answers these; of the others the writing tells less.
_COUNTED = (Sought.AMOUNT, Sought.DURATION, Sought.NUMBER, Sought.TIME)
_HOW = (
    "escrit[oa]|formulario|balcao|secretaria|portal|aplicativo|site|sistema|telefone|ramal"
    "|e-?mail|presencial|internet|https?|portaria|recepcao|requerimento|chamado|whatsapp"
)
_SHOWN = {
    Sought.TIME: re.compile(
        r"\b(?:segundas|tercas|quartas|quintas|sextas|sabados|domingos|diariamente|semana"
        r"|manha|tarde|noite|seg|ter|qua|qui|sex|sab|dom|vespera|\d{1,2}h\d{0,2})\b"
    ),
    Sought.PLACE: re.compile(
        rf"@|\b(?:{_HOW}|sala|bloco|andar|rua|avenida|praca|guiche|posto|galpao|unidade|setor"
        r"|predio|centro|escritorio|sede|agencia|loja|cantina|patio|copa|caixa|hall|zelador"
        r"|biblioteca|subsolo|terreo|protocolo|departamento|diretoria|coordenacao)\b"
    ),
    Sought.PERSON: re.compile(
        r"\b(?:sindic[oa]|diretor|gerente|gestor|secretari[oa]|chefe|coordenador|presidente"
        r"|conselho|comissao|diretoria|professor|responsavel|setor|equipe|tesoureir[oa]|prefeit[oa]"
        r"|comite|colegiado|assembleia|medic[oa]|zelador|porteir[oa]|tecnic[oa]|agente|chefia"
        r"|moradores?|clientes?|associados?|soci[oa]s?|servidor(?:es)?|alun[oa]s?|titular)\b"
    ),
    Sought.PROCEDURE: re.compile(
        rf"@|\b(?:{_HOW}|pel[oa]s?|deve|devem|acesse|abra|clique|envie|preencha|entre|escolha"
        r"|por meio|atraves|mediante|solicit\w+|requer\w*|ped(?:e|em|ir|ido)|basta|procure|fale"
        r"|escrev\w+|apresent\w+|agend\w+|marc\w+|leve|tragam?)\b"
    ),
}
# "Como é cobrada?" asks for a way that stands in no certain words.
_STATE = re.compile(r"como (?:e|sao|esta|estao|funciona|era|fica)\b")
_Answered = tuple[Findings, ExtractedAnswer, Verdict]


def in_parts(
    parts: Sequence[QuestionPart], whole: _Answered, answers: Sequence[_Answered]
) -> _Answered:
    """Return the answer to a question with what answers the parts that it leaves open.

    The verdict names the parts that are still open: those whose kind of answer nothing told shows,
    however sure a sentence about the same thing is. Where nothing is answered, it is ``whole``'s.
    """
    findings, extracted, verdict = whole
    answered = [one for one in answers if not one[2].abstain]
    if verdict.abstain and not answered:
        return whole
    if verdict.abstain:
        findings, extracted, verdict = max(answered, key=lambda one: one[2].confidence)
    unanswered = []
    for part, one in zip(parts, answers, strict=True):
        extracted, told = _with_part(part, one, extracted)
        if not told:
            unanswered.append(part.typed)
    verdict = replace(verdict, unanswered=tuple(unanswered))
    return findings, extracted, verdict


def still_open(question: str, told: Sequence[str], doubted: Sequence[str]) -> tuple[str, ...]:
    """Return the parts of a question that sentences somebody wrote leave open.

    ``doubted`` are those that the passages themselves were seen to leave open: that decides where
    the writing of an answer does not show whether it is one.
    """
    return tuple(
        part.typed for part in question_parts(question) if not _is_written(part, told, doubted)
    )


def _is_written(part: QuestionPart, told: Sequence[str], doubted: Sequence[str]) -> bool:
    named = set(asked_terms(part.typed))
    about = [text for text in told if named & set(map(stem, words(text)))]
    if _can_be_shown(part):
        return any(_shows(part, text) for text in (told if part.borrows else about))
    return bool(about) or part.typed not in doubted


def _with_part(
    part: QuestionPart, answered: _Answered, extracted: ExtractedAnswer
) -> tuple[ExtractedAnswer, bool]:
    """Return the answer with what answers a part, and whether it is answered."""
    found, own, judged = answered
    if own.sentences and not judged.abstain:
        of_it = [one for one in own.sentences if _is_of_thing(part, one)]
        new = _new([one for one in own.sentences[:_MOST_ADDED] if one in of_it], extracted)
        showing = [one for one in of_it if _shows(part, one.quote)]
        if showing:
            return _joined(extracted, showing), True
        if new and new[0] is own.sentences[0] and sought(part.typed) not in _COUNTED:
            return _joined(extracted, new), True
    if any(_shows(part, one.quote) for one in _about(part, found, extracted)):
        return extracted, True
    beside = _beside(part, found, extracted)
    if beside:
        return _joined(extracted, beside), True
    return extracted, not judged.abstain and not _can_be_shown(part)


def _is_of_thing(part: QuestionPart, one: AnswerSentence) -> bool:
    """Tell whether a sentence, or what it stands under, names the thing that a part borrows.

    A place is told of many things: "e onde eu peço?" after "férias" does not ask for any office.
    """
    thing = set(asked_terms(part.whole)) - set(asked_terms(part.typed))
    said = set(map(stem, words(f"{one.hit.title}\n{one.hit.heading}\n{one.quote}")))
    return not part.borrows or not thing or not thing.isdisjoint(said)


def _can_be_shown(part: QuestionPart) -> bool:
    wanted = sought(part.typed)
    if wanted is Sought.PROCEDURE:
        return _STATE.match(fold(part.typed)) is None
    return wanted in _COUNTED or wanted in _SHOWN


def _shows(part: QuestionPart, text: str) -> bool:
    """Tell whether a sentence holds what a part asks for, where its kind can be told."""
    if not _can_be_shown(part):
        return False
    wanted = sought(part.typed)
    evidence = _SHOWN.get(wanted)
    given = fold(part.whole)
    if evidence and any(m.group() not in given for m in evidence.finditer(fold(text))):
        return True
    return supplies(text, wanted, part.whole) >= 1.0


def _about(
    part: QuestionPart, findings: Findings, extracted: ExtractedAnswer
) -> Sequence[AnswerSentence]:
    """Return what is told of the thing that a part asks about; of one that lacks nothing is."""
    if part.borrows:
        return extracted.sentences
    lacking = lacking_words(part.typed, findings)
    if lacking.unknown or lacking.elsewhere:
        return ()
    named = set(asked_terms(part.typed))
    return [one for one in extracted.sentences if named & set(map(stem, words(one.quote)))]


def _beside(
    part: QuestionPart, findings: Findings, extracted: ExtractedAnswer
) -> Sequence[AnswerSentence]:
    """Return what the documents told of say of a part without naming its thing again."""
    documents = {one.hit.version_id for one in extracted.sentences}
    hits = [hit for hit in findings.hits if hit.version_id in documents]
    if not part.borrows or not hits:
        return ()
    found = extract(part.typed, hits, term_rarity(findings)).sentences[:1]
    named = set(asked_terms(part.typed))
    said = [one for one in _new(found, extracted) if named & set(map(stem, words(one.quote)))]
    return [one for one in said if not _can_be_shown(part) or _shows(part, one.quote)]


def _new(
    sentences: Sequence[AnswerSentence], extracted: ExtractedAnswer
) -> Sequence[AnswerSentence]:
    spans = {(one.hit.version_id, one.start) for one in extracted.sentences}
    return [one for one in sentences if (one.hit.version_id, one.start) not in spans]


def _joined(first: ExtractedAnswer, others: Sequence[AnswerSentence]) -> ExtractedAnswer:
    """Add the best sentences of a part, unless one of them is told already."""
    new = _new(others, first)
    if len(new) < len(others):
        return first
    return replace(first, sentences=(*first.sentences, *new[:_MOST_ADDED])[:_MOST_SENTENCES])
