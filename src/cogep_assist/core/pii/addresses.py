"""Street addresses: a kind of way, its name, a number and what follows it."""

import re
from collections.abc import Iterator

from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_WAY = (
    r"(?:Rua|RUA|rua|R\.|Avenida|AVENIDA|avenida|Av\.?|AV\.?|av\.?|Travessa|TRAVESSA|travessa|Trav\.|Tv\.|TV\.|tv\."
    r"|Alameda|ALAMEDA|alameda|Al\.|Rodovia|RODOVIA|rodovia|Rod\.|Estrada|ESTRADA|estrada|Estr\."
    r"|Pra[cç]a|PRAÇA|praça|P[cç]a\.?|Largo|largo|Beco|beco|Ladeira|ladeira|Viela|viela|Passagem|passagem"
    r"|Vila|Quadra|QUADRA|quadra|Qd\.?|QD\.?|Conjunto|conjunto|Conj\.|Loteamento|SQ[NS]"
    r"|SHIS|SHIN|QN[A-Z])"
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
_ADDRESS = re.compile(
    rf"(?<!\w){_WAY}\s[^\n,;:!?0-9]{{2,60}}?(?:\s?,\s?|\s-\s|\s)\n?{_NUMBER}(?:{_TAIL}){{0,5}}"
    rf"|(?<!\w){_WAY}\s[0-9]{{1,3}}(?:\s?[,-]\s?|\s){_UNIT}\s?[0-9A-Z]{{1,5}}\b(?:{_TAIL}){{0,5}}"
)


def find_addresses(text: FoldedText) -> Iterator[Finding]:
    """Yield addresses with a house's number, to the end of their complement and quarter."""
    for found in _ADDRESS.finditer(text.plain):
        value = " ".join(found[0].split()).lower()
        yield Finding(Kind.ADDRESS, *text.place(*found.span()), value, 0.8)
