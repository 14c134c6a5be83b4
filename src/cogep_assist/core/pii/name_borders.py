"""Where a name ends that a model began to read, and where a name is a place's and nobody's."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cogep_assist.core.pii.finding import Finding, Threshold
from cogep_assist.core.pii.folding import FoldedText

# A rare family name after a known one, joined as names are; a sign or another case ends it.
_GOES_ON = re.compile(r"(?: (?:da|de|do|das|dos|e|del|von|van|El|el))? (?P<word>[^\W\d_][\w'’-]*)")
_MOST_WORDS = 5
_INITIAL = re.compile(r" [A-ZÀ-Ý]\.(?=[\s,;)]|\Z)")
_NO_NAME_TEXT = (
    "cpf cnpj rg cep pis nis oab crm ramal telefone tel fone celular email data endereco rua "
    "avenida processo protocolo matricula siape setor assunto para lei artigo secretaria "
    "departamento diretoria nascido nascida"
)
_NO_NAME = frozenset(_NO_NAME_TEXT.split())
_SCORE, _NOTHING = 0.5, 0.0
# Fields of forms that end in a family name: "Data de nascimento".
_FIELDS = frozenset(["data", "dt", "local", "nome"])

_PLACE = (
    r"hospital|hosp\.|maternidade|santa casa|ubs|upa|usf|posto de saude|clinica|escola|emef"
    r"|emei|colegio|creche|faculdade|universidade|instituto|fundacao|biblioteca|teatro|museu"
    r"|estadio|ginasio|arena|aeroporto|rodoviaria|terminal|estacao|palacio|edificio|predio"
    r"|forum|shopping|parque|ponte|viaduto|elevado|tunel|rodovia|avenida|rua|travessa|alameda"
    r"|praca|largo|bairro|jardim|vila|conjunto|residencial|auditorio|centro|cras|creas|lei"
    r"|premio|trofeu|medalha|operacao|municipio de|cidade de|comarca de|paroquia|igreja"
    r"|associacao|cooperativa|laboratorio|lojas?"
)
# What stands between the place's word and the name that it was given.
_TITLE = (
    r"estadual|municipal|federal|regional|publica?|geral|universitari[oa]|de ensino|doutora?"
    r"|dra?\.|professora?|prof\.|presidente|governador|senador|deputado|vereador|prefeito"
    r"|almirante|marechal|general|coronel|brigadeiro|barao|dom|dona|frei|padre|madre|irma"
    r"|cardeal|santo|santa|sao|d[aeo]s?"
)
_OF_A_PLACE = re.compile(rf"(?<![a-z])(?:{_PLACE}) (?:(?:{_TITLE}) ){{0,4}}\Z")
_IS_A_PLACE = re.compile(rf"(?:{_PLACE})(?![a-z])")
_REACH = 60


def in_its_place(text: FoldedText, found: Finding) -> Finding:
    """Return a name as found, or doubted where it is a hospital's, a street's or a law's.

    Hidden at egress all the same: a child is also "na escola". Only a word with a capital counts,
    since a line without any tells no place's name from a person at that place.
    """
    if found.value.partition(" ")[0] in _FIELDS:
        return replace(found, score=_NOTHING)
    if found.score < Threshold.REPORT:
        return found
    start = text.position(found.start)
    before = max(start - _REACH, 0)
    place = _OF_A_PLACE.search(text.lower, before, start) or _IS_A_PLACE.match(text.lower, start)
    if place is None or not text.plain[place.start()].isupper():
        return found
    return replace(found, score=_SCORE)


def gone_on(text: FoldedText, found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield told names with the words that go on with them in the same writing, for egress."""
    for each in found:
        if each.score < Threshold.REPORT:
            continue
        start, end = text.position(each.start), text.position(each.end - 1) + 1
        further = _further(text, start, end)
        if further > end:
            value = text.lower[start:further]
            yield replace(each, end=text.place(start, further)[1], value=value, score=_SCORE)


def _further(text: FoldedText, start: int, end: int) -> int:
    capitals = text.plain[start:end].isupper()
    if not text.plain[start].isupper():
        return end
    for _ in range(_MOST_WORDS):
        initial = _INITIAL.match(text.plain, end)
        if initial:
            end = initial.end()
            continue
        word = _GOES_ON.match(text.plain, end)
        if word is None or word["word"].isupper() != capitals or not word["word"][0].isupper():
            break
        if text.lower[word.start("word") : word.end("word")] in _NO_NAME:
            break
        end = word.end()
    return end
