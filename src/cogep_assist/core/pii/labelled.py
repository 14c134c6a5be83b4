"""Values with no form of their own: found behind the word that announces them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cogep_assist.core.pii.check_digits import cadastre_checks
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_LABEL = re.compile(
    r"(?<![a-z0-9])(?:"
    r"(?P<property_cadastre>cib|cadastro imobiliario(?: brasileiro)?|nirf)"
    r"|(?P<property_registration>matricula(?: do| de)?\s(?:imovel|n\S{0,2}))"
    r"|(?P<siape>siape|matricula(?: siape| funcional| do servidor)?)"
    r"|(?P<bank_agency>agencia|agenc|ag)"
    r"|(?P<bank_account>contas?(?:[ -](?:corrente|poupanca|salario|bancaria))?|c/c|c\.c|cc"
    r"|poupanca)"
    r"|(?P<birth_date>nascid[oa]s?|nascimento|nasceu|nasci|nascem|nasc|dn|d\.n|dob|aniversario)"
    r"|(?P<rg>rg|r\.g|identidade|registro geral|ident|ci)"
    r"|(?P<property_tax>iptu|inscricao imobiliaria)"
    r"|(?P<passport>passaporte)"
    r")(?![a-z0-9])"
)
# The first letters of any label, with the look back after the first one: the search skips to them.
_MAY_BEGIN = re.compile(
    r"[acdimnprs](?<![a-z0-9].)(?:(?<=c)(?:ib|ad|on|/c|\.c|c|i)|(?<=n)(?:ir|as)|(?<=m)at|(?<=s)ia"
    r"|(?<=a)(?:g|ni)|(?<=p)(?:ou|as)|(?<=d)(?:n|\.n|ob)|(?<=r)(?:g|\.g|eg)|(?<=i)(?:de|pt|ns))"
)
# What people write between the label and the value.
_FILLER = re.compile(
    r"(?:[\s:;.,|=(#/*\"'>-]|n[ro]?[º°o.]|(?:nro?|num|numero|sob|o|a|no|na|do|da|de|e|em|dia|data|foi"
    r"|ser|civil|siape|funcional|bancaria|corrente|imovel|imobiliaria|inscricao|bb|caixa|is|nao"
    r"|paciente|titular|servidora?|beneficiari[oa]|alun[oa]|mae|pai|segurad[oa]|cliente)\b){0,12}"
)
_ISSUERS = (
    "SSP|SDS|SESP|SESPDC|PC|PM|IFP|DETRAN|DIC|SJS|SJTC|IGP|IIRGD|PCMG|SEJUSP|SSPDS|MTE|OAB|CREA"
)
_STATE = r"(?:A[CLMP]|BA|CE|DF|ES|GO|M[AGST]|P[ABEIR]|R[JNORS]|S[CEP]|TO)"
_D = "[0-9OlI]"
_RG_NUMBER = (
    rf"{_D}{{1,3}}(?:[. \n]{_D}{{3}}){{2}}(?:[-./ ]?\n?[0-9XxOl]{{1,2}}(?![0-9A-Za-z]))?"
    rf"|{_D}{{5,10}}(?:-?[0-9XxOl])?"
)
_ISSUED = rf"(?:[ ,/-]{{1,3}}(?:{_ISSUERS})(?:[ /-]{{0,3}}{_STATE})?\b)"
_MONTHS = (
    "janeiro|fevereiro|mar[cç]o|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
)
_O = "[0-9OolISB]"
_DATE = (
    rf"{_O}{{1,2}}[/.\s-]{{1,2}}{_O}{{1,2}}[/.\s-]{{1,2}}(?:{_O}{{4}}|{_O}{{2}})(?![0-9])"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"|[0-3][0-9][01][0-9](?:19|20)[0-9]{{2}}(?![0-9])"
    rf"|[0-9]{{1,2}}[º°o]?\s(?:de\s)?(?i:{_MONTHS}|jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)\.?"
    rf"\s(?:de\s)?[0-9]{{4}}"
)
_END = r"(?![0-9A-Za-z]|[.,/][0-9])"


@dataclass(frozen=True, slots=True)
class _Form:
    value: re.Pattern[str]
    score: float


_FORMS = {
    Kind.RG: _Form(
        re.compile(rf"(?i:{_STATE}[ -]{{0,3}})?(?:{_RG_NUMBER}){_END}(?i:{_ISSUED})?"), 0.88
    ),
    Kind.SIAPE: _Form(re.compile(rf"{_O}{{5,8}}(?:-[0-9])?{_END}"), 0.85),
    Kind.BANK_AGENCY: _Form(re.compile(rf"[0-9]{{3,5}}(?:-[0-9Xx])?{_END}"), 0.85),
    Kind.BANK_ACCOUNT: _Form(
        re.compile(
            r"(?:[0-9]{1,3}(?:\.[0-9]{3}){1,3}|[0-9]{3,13})(?:[- ]?\n?-?[0-9Xx]{1,2})?"
            rf"{_END}"
        ),
        0.85,
    ),
    Kind.BIRTH_DATE: _Form(re.compile(_DATE), 0.9),
    Kind.PROPERTY_TAX: _Form(re.compile(rf"{_D}{{1,4}}(?:[. /-]{_D}{{1,4}}){{2,5}}{_END}"), 0.6),
    Kind.PROPERTY_CADASTRE: _Form(re.compile(rf"[0-9A-Za-z]{{7}}[- \n]?[0-9A-Za-z]{_END}"), 0.6),
    Kind.PROPERTY_REGISTRATION: _Form(
        re.compile(rf"{_D}{{1,3}}(?:[. \n]{_D}{{3}}){{1,2}}{_END}|{_D}{{2,7}}{_END}"), 0.85
    ),
    Kind.PASSPORT: _Form(re.compile(rf"[A-Za-z]{{2}}[ -]?[0-9]{{6}}{_END}"), 0.9),
}
_BANK = frozenset({Kind.BANK_AGENCY, Kind.BANK_ACCOUNT})
_PAIRED = re.compile(rf"(?:\s?[/;,|]\s?|\s)([0-9][0-9.]{{3,12}}(?:-[0-9Xx])|[0-9]{{5,13}}){_END}")
_KINDS = {str(kind): kind for kind in _FORMS}
_ISSUED_RG = re.compile(
    rf"[0-9ABCDEGMPRST](?<![0-9A-Za-z.].)(?:"
    rf"(?<=(?={_STATE}).)[A-Z]-?[0-9]{{1,2}}\.[0-9]{{3}}\.[0-9]{{3}}{_END}"
    rf"|(?<=[0-9])[0-9]?\.?[0-9]{{3}}\.?[0-9]{{3}}(?:-[0-9Xx])?{_ISSUED}{_END})"
)
# Notes of nurses and doctors: the patient's name, and the date of birth right behind it.
_PATIENT = re.compile(
    rf"p(?<![a-z].)(?:aciente|cte|ct|ac\.?)[:\s]\s?[^\d\n;|]{{3,70}}?[,(]\s?(?={_O})"
)
_OF_PROPERTY = re.compile(r"[\s|,]{0,4}(?:do|no|de)\s(?:cartorio de |oficio de )?registro")
_DIGITS = str.maketrans("OolISB", "001158")
# The cadastre's alphabet has no O, I nor L: they are misread digits.
_CADASTRE_LETTERS = str.maketrans("OoIiLl", "001111", "- \n")


def find_labelled(text: FoldedText) -> Iterator[Finding]:
    """Yield RG, SIAPE, bank, birth date, passport and property numbers behind their labels."""
    for label in _labels(text.lower):
        kind = _KINDS[label.lastgroup or ""]
        gap = _FILLER.match(text.lower, label.end())
        found = _FORMS[kind].value.match(text.plain, gap.end() if gap else label.end())
        if found:
            yield from _labelled(text, label, kind, found)
            if kind in _BANK:
                yield from _second_of_pair(text, found.end())
    for patient in _PATIENT.finditer(text.lower):
        if date := _FORMS[Kind.BIRTH_DATE].value.match(text.plain, patient.end()):
            place = text.place(*date.span())
            yield Finding(Kind.BIRTH_DATE, *place, _value(date[0]), 0.6)
    for found in _ISSUED_RG.finditer(text.plain):
        yield Finding(Kind.RG, *text.place(*found.span()), _value(found[0]), 0.8)


def _labels(lower: str) -> Iterator[re.Match[str]]:
    end = 0
    for begin in _MAY_BEGIN.finditer(lower):
        label = _LABEL.match(lower, begin.start()) if begin.start() >= end else None
        if label:
            end = label.end()
            yield label


def _labelled(
    text: FoldedText, label: re.Match[str], kind: Kind, found: re.Match[str]
) -> Iterator[Finding]:
    score = _FORMS[kind].score
    value = _value(found[0])
    if kind is Kind.SIAPE and _OF_PROPERTY.match(text.lower, found.end()):
        kind = Kind.PROPERTY_REGISTRATION
    elif kind is Kind.SIAPE and "siape" not in text.lower[label.start() : found.start()]:
        score = 0.55
    elif kind is Kind.PROPERTY_REGISTRATION and not _says_property(text, label, found):
        kind, score = Kind.SIAPE, 0.55
    elif kind is Kind.PROPERTY_CADASTRE:
        value = found[0].translate(_CADASTRE_LETTERS).upper()
        score = 0.95 if cadastre_checks(value) else score
    if any(character.isdigit() for character in value) and not _short(kind, label[0], found[0]):
        yield Finding(kind, *text.place(*found.span()), value, score)


def _second_of_pair(text: FoldedText, end: int) -> Iterator[Finding]:
    """Yield the account written right behind an agency or an operation's code."""
    found = _PAIRED.match(text.plain, end)
    if found:
        place = text.place(*found.span(1))
        yield Finding(Kind.BANK_ACCOUNT, *place, _value(found[1]), 0.8)


def _says_property(text: FoldedText, label: re.Match[str], found: re.Match[str]) -> bool:
    return "imovel" in label[0] or bool(_OF_PROPERTY.match(text.lower, found.end()))


def _short(kind: Kind, label: str, surface: str) -> bool:
    """Tell whether a value is too short for labels that lawyers and engineers use as well."""
    if kind is Kind.BANK_ACCOUNT and label.startswith("c") and len(label) < 4:
        return "-" not in surface and len(surface) < 5
    return kind is Kind.RG and len(surface) < 5


def _value(surface: str) -> str:
    kept = "".join(character for character in surface if character.isalnum())
    return kept if kept.isdigit() else kept.translate(_DIGITS) if _mostly_digits(kept) else kept


def _mostly_digits(characters: str) -> bool:
    return sum(map(str.isdigit, characters)) * 2 > len(characters) and not characters[:2].isupper()
