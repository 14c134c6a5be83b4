"""Values in tables, told by the head of their column: sheets, CSV, Markdown, pasted cells."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.layouts import PROOFS
from cogep_assist.core.pii.weighing import DOUBTFUL, LIKELY, MISTYPED

_SIGNS = ("\t", ";", "|", ",")
_MOST_CELLS = 60
_LONGEST_LINE = 4_000
_LONGEST_HEAD = 40
_OF = r"(?: (?:completo|civil|social|d[aeo]s? [a-z]+))?"
_HEADS = {
    Kind.PERSON: rf"nome{_OF}|servidora?|titular|paciente|alun[oa]|cliente|responsavel{_OF}|mae|pai"
    r"|solicitante"
    r"|beneficiari[oa]|funcionari[oa]|colaboradora?|requerente|usuari[oa]|participante|candidat[oa]|segurad[oa]"
    r"|atendente|assinante|contato|dependente|morador",
    Kind.CPF: rf"(?:n[ro]?[º°o.]? )?cpf(?:/cnpj)?{_OF}",
    Kind.CNPJ: "cnpj(?:/cpf)?",
    Kind.RG: f"rg{_OF}|identidade|registro geral",
    Kind.NIS: "pis|pasep|pis[/ ]pasep|nis|nit",
    Kind.VOTER_ID: "titulo(?: de eleitor| eleitoral)?",
    Kind.DRIVING_LICENCE: "cnh|habilitacao",
    Kind.HEALTH_CARD: "cns|cartao (?:do )?sus",
    Kind.PASSPORT: "passaporte",
    Kind.SIAPE: "(?:matricula )?siape|matricula",
    Kind.BIRTH_DATE: "(?:data|dt|d)[. ]?(?:de )?nasc(?:imento)?|nasc(?:imento)?|dn|dob|aniversario",
    Kind.PHONE: r"telefones?(?: [a-z0-9]+)?|tel|fone|celular|cel|whats(?:app)?|zap",
    Kind.CEP: "cep",
    Kind.ADDRESS: "endereco(?: [a-z]+)?|logradouro|rua",
    Kind.BANK_AGENCY: "agencia|ag",
    Kind.BANK_ACCOUNT: "conta(?: corrente| bancaria| poupanca)?|c/c",
    Kind.PIX_KEY: "(?:chave )?pix",
    Kind.CARD: "cartao(?: de credito)?",
    Kind.RENAVAM: "renavam",
    Kind.LICENCE_PLATE: "placa",
}
_HEAD = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _HEADS.items()))
# Heads that stand over things as well: of persons where another column is.
_OF_THINGS = re.compile(r"nome|contato|cliente|titular|responsavel.*|matricula|rua|conta|ag|cartao")
_PERSONS_OWN = frozenset(_HEADS) - {Kind.PERSON, Kind.CNPJ, Kind.CEP, Kind.ADDRESS, Kind.SIAPE}
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){0,9}")
_FORMS = {
    Kind.PERSON: _NAME,
    Kind.PHONE: re.compile(r"(?=(?:\D*\d){8,15}\D*\Z)[-+().x\d /]{8,24}"),
    Kind.BIRTH_DATE: re.compile(r"(?=(?:\D*\d){4,8}\D*\Z)[\w/. º°-]{5,24}"),
    Kind.ADDRESS: re.compile(r"(?=.*[^\W\d_]{3})[^\n]{6,120}"),
    Kind.PIX_KEY: re.compile(r"[\w@.+() -]{8,80}"),
    Kind.SIAPE: re.compile(r"\d{5,8}(?:-\d)?"),
    Kind.BANK_AGENCY: re.compile(r"\d{3,5}(?:-[\dXx])?"),
    Kind.BANK_ACCOUNT: re.compile(r"(?=(?:\D*\d){3,13}\D*\Z)[\d.]+(?:-[\dXx]{1,2})?"),
    Kind.RG: re.compile(r"(?=(?:\D*\d){5,11})[\w./ -]{5,24}"),
    Kind.LICENCE_PLATE: re.compile(r"[A-Za-z]{3}[- ]?\d[A-Za-z\d]\d{2}"),
    Kind.PASSPORT: re.compile(r"[A-Za-z]{2} ?\d{6}"),
    Kind.CEP: re.compile(r"\d{2}\.?\d{3}[- ]?\d{3}"),
}
_NUMBER = re.compile(r"(?=(?:\D*[\d*]){8,20}\D*\Z)[\w.,*/ -]{8,30}")
_RULE = re.compile(r"[\s|:=+-]*")


class Cell(NamedTuple):
    """A cell: its place, without blanks and quotes."""

    start: int
    end: int


class _Column(NamedTuple):
    place: int
    kind: Kind
    score: float


def find_columns(text: FoldedText) -> Iterator[Finding]:
    """Yield what stands under heads such as ``CPF`` and ``nome`` until the table ends."""
    if "\n" not in text.plain:
        return
    sign, count = "", 0
    columns: list[_Column] = []
    for start, end in _lines(text.plain):
        if columns:
            cells = _cells(text.plain, start, end, sign)
            if len(cells) == count:
                if not _RULE.fullmatch(text.plain, start, end):
                    yield from _row(text, cells, columns)
                continue
        sign, count, columns = _head(text, start, end)


def _lines(plain: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(plain):
        end = plain.find("\n", start)
        end = len(plain) if end < 0 else end
        yield start, end
        start = end + 1


def _head(text: FoldedText, start: int, end: int) -> tuple[str, int, list[_Column]]:
    """Return the sign that parts the cells of a table's head, their count and what they tell."""
    line = text.plain[start:end]
    for sign in _SIGNS:
        # Prose has commas, and something longer than a head between two of them.
        if sign in line and max(map(len, line[:_LONGEST_LINE].split(sign))) <= _LONGEST_HEAD:
            cells = _cells(text.plain, start, end, sign)
            if columns := _told(text, cells):
                return sign, len(cells), columns
    return "", 0, []


def _told(text: FoldedText, cells: Sequence[Cell]) -> list[_Column]:
    told: list[tuple[int, Kind, str]] = []
    for place, cell in enumerate(cells[:_MOST_CELLS]):
        word = re.sub(r"[_.\s:*-]+", " ", text.lower[cell.start : cell.end]).strip()
        found = _HEAD.fullmatch(word)
        if found:
            told.append((place, Kind(found.lastgroup or ""), word))
    kinds = {kind for _, kind, _ in told}
    of_persons = bool(kinds & _PERSONS_OWN)
    return [
        _Column(place, kind, LIKELY if of_persons or not _OF_THINGS.fullmatch(word) else DOUBTFUL)
        for place, kind, word in told
    ]


def _row(text: FoldedText, cells: Sequence[Cell], columns: list[_Column]) -> Iterator[Finding]:
    for place, kind, score in columns:
        start, end = cells[place]
        surface = text.plain[start:end]
        if not _FORMS.get(kind, _NUMBER).fullmatch(surface):
            continue
        value = text.lower[start:end]
        if kind is not Kind.PERSON and kind is not Kind.ADDRESS:
            value = "".join(filter(str.isalnum, value))
        wrong = kind in PROOFS and not (value.isdigit() and _checks(kind, value))
        most = MISTYPED if wrong else score
        yield Finding(kind, *text.place(start, end), value, min(score, most))


def _checks(kind: Kind, digits: str) -> bool:
    try:
        return PROOFS[kind].check(digits)
    except IndexError:
        return False


def _cells(plain: str, start: int, end: int, sign: str) -> list[Cell]:
    """Part a line at a sign that stands in no quotes."""
    cells: list[Cell] = []
    place, quoted = start, False
    for at in range(start, end):
        if plain[at] == '"':
            quoted = not quoted
        elif plain[at] == sign and not quoted:
            cells.append(_bare(plain, place, at))
            place = at + 1
    cells.append(_bare(plain, place, end))
    return cells


def _bare(plain: str, start: int, end: int) -> Cell:
    while start < end and plain[start] in " \t\r\"'":
        start += 1
    while start < end and plain[end - 1] in " \t\r\"'":
        end -= 1
    return Cell(start, end)
