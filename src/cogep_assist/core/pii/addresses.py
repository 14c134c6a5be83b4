"""Street addresses: a kind of way, its name, a number and what follows it."""

import re
from collections.abc import Iterator

from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

# Ways that are nothing else, in any case; words that also mean other things, as a name only.
_WAY = (
    r"(?:(?i:rua|avenida|av\.?|travessa|trav\.|tv\.|alameda|pra[cç]a|p[cç]a\.?|rodovia|rod\.)"
    r"|R\.|Al\.)"
)
_NAMED_WAY = (
    r"(?:Estrada|ESTRADA|Estr\.|Largo|LARGO|Beco|BECO|Ladeira|Viela|Passagem|PASSAGEM|Vila|VILA|Via"
    r"|Servid[aã]o|Quadra|QUADRA|Conjunto|CONJUNTO|Conj\.|Loteamento|Residencial|Condom[ií]nio|Ch[aá]cara"
    r"|S[ií]tio|SQ[NS]|SHIS|SHIN|Q[NIRS][A-Z]?)"
)
_WORD = r"[\w'’]+\.?"
# A number after these is a year, a count or an amount, and no house.
_NO_HOUSE = (
    r"(?<!\sem)(?<!\sde)(?<!\scom)(?<!\spor)(?<!\saté)(?<!\sdesde)(?<!\sos)(?<!\sas)(?<!\sem os)"
)
_NUMBER = (
    r"(?:[Nn][º°o.]{0,2}\s?|n[uú]mero\s|[Nn]r\.?\s?)?"
    r"(?:[0-9]{1,2}\.[0-9]{3}|[0-9]{1,6}|[Ss]/?[Nn][º°]?)(?![0-9])"
)
_UNIT = (
    r"(?i:ap(?:to|t|artamento)?\.?|bl(?:oco)?\.?|casa|sala|lote|lt\.?|quadra|qd\.?|fundos|cj\.?|conj(?:unto)?\.?"
    r"|loja|andar|torre|km|box|cond(?:om[ií]nio)?\.?)"
)
_CAPITAL = "[A-ZÀ-Ý][\\w'’.-]*"
_PLACE = rf"{_CAPITAL}(?:\s(?:(?:d[aeo]s?|e)\s)?{_CAPITAL}){{0,5}}"
_TAIL = (
    rf"(?:\s?[,-]\s?|\s){_UNIT}\s?[0-9A-Z]{{0,5}}\b"
    rf"|\s?[,-]\s?(?i:bairro|b\.|jd\.?|jardim|vila|distrito|setor|centro)(?:\s{_PLACE})?"
    rf"|\s?[,-]\s?{_PLACE}\s?[-/]\s?[A-Z]{{2}}\b"
)
# The first letters of any way. The search skips to them, several times faster than it would try
# every way at every character: the look back stands after the first letter for that.
_MAY_BEGIN = re.compile(
    r"[AaBCELPpQRrSTtV](?<!\w.)(?:(?<=[Rr])[UuOo.]|(?<=R)e|(?<=[Aa])[VvLl]|(?<=[Tt])[RrVv]"
    r"|(?<=[Pp])[RrCcÇç]|(?<=P)[aA]|(?<=E)[sS]|(?<=L)[aAoO]|(?<=B)[eE]|(?<=V)i|(?<=S)[eiíQH]"
    r"|(?<=Q)[NIRSuU]|(?<=C)[oOh])"
)
_NAME = rf"{_WORD}(?:[ -]{_WORD}){{0,7}}?"
_ROAD = r"(?i:[a-z]{2}[- ]?[0-9]{3}|km\s[0-9]{1,4})(?![\w])"
_WRITTEN = (
    rf"(?<!\w)(?:{_WAY}\s(?:{_ROAD}|{_NAME})(?:\s?[,–-]\s?\n?|{_NO_HOUSE}\s)"
    rf"|{_NAMED_WAY}\s(?:(?i:d[aeo]s?)\s)?{_CAPITAL}(?:[ -]{_WORD}){{0,6}}?"
    rf"(?:\s?,\s?\n?|\s(?=[Nn][º°.])))"
    rf"{_NUMBER}(?:{_TAIL}){{0,5}}"
    rf"|(?<!\w){_NAMED_WAY}\s[0-9]{{1,3}}(?:\s?[,-]\s?|\s){_UNIT}\s?[0-9A-Z]{{1,5}}\b(?:{_TAIL}){{0,5}}"
)
_ADDRESS = re.compile(_WRITTEN)
# Behind a word that says that an address comes, a line without capitals is one too.
_SAID = re.compile(
    r"[elrdms](?<![a-z].)(?:(?<=e)nderecos?|(?<=l)ogradouro|(?<=r)esid[a-z]{2,8}|(?<=m)or[aoei][a-z]{0,3}"
    r"|(?<=d)omicili[a-z]{2,4}|(?<=s)ede)"
    r"(?:[\s\"':=,]|(?:e|eh|na|no|em|a|o|completo|domiciliad[oa])(?![a-z])){1,12}"
)
_SAYING = ("endereco", "logradouro", "resid", "domicili", "sede", "mor")
_SAID_ADDRESS = re.compile(_WRITTEN, re.IGNORECASE)


def find_addresses(text: FoldedText) -> Iterator[Finding]:
    """Yield addresses with a house's number, to the end of their complement and quarter."""
    end = 0
    for begin in _MAY_BEGIN.finditer(text.plain):
        if begin.start() < end:
            continue
        found = _ADDRESS.match(text.plain, begin.start())
        if found:
            end = found.end()
            yield _finding(text, found)
    said_at_all = any(word in text.lower for word in _SAYING)
    for said in _SAID.finditer(text.lower) if said_at_all else ():
        found = _SAID_ADDRESS.match(text.plain, said.end())
        if found:
            yield _finding(text, found)


def _finding(text: FoldedText, found: re.Match[str]) -> Finding:
    value = " ".join(found[0].split()).lower()
    return Finding(Kind.ADDRESS, *text.place(*found.span()), value, 0.8)
