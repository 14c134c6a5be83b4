"""Numbers, dates and amounts of a Portuguese text, however they are written. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

_MONTH_TEXT = """
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
"""
_MONTHS = {name: number for number, name in enumerate(_MONTH_TEXT.split(), 1)}
_SHORT_MONTHS = {name[:3]: number for name, number in _MONTHS.items()}
_MONTH = "|".join(_MONTHS)
_DATES = (
    re.compile(
        rf"\b(?P<d>\d{{1,2}})\s*(?:o|a)?\s+de\s+(?P<m>{_MONTH})(?:\s+de\s+(?P<y>\d{{4}}))?\b"
    ),
    re.compile(r"(?<![\d/.-])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d/-])"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})(?![\d/-])"),
    re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/-])"),
    re.compile(rf"\b(?P<m>{_MONTH})(?:\s*(?:de|/)\s*(?P<y>\d{{4}}))?\b"),
    re.compile(rf"\b(?P<m>{'|'.join(_SHORT_MONTHS)})/(?P<y>\d{{4}})\b"),
)
_TIME = re.compile(r"(?<![\d:,.])(\d{1,2})\s*(?:h|:)\s*(\d{2})(?:\s*min)?(?![\d:])")
_HOURS = re.compile(r"(?<![\d:,.])(\d{1,2})\s*h(?:s|oras?)?\b")
_UNITS = {
    "zero": 0, "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5,
    "seis": 6, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12, "treze": 13,
    "quatorze": 14, "catorze": 14, "quinze": 15, "dezesseis": 16, "dezessete": 17, "dezoito": 18,
    "dezenove": 19, "vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "sessenta": 60,
    "setenta": 70, "oitenta": 80, "noventa": 90, "cem": 100, "cento": 100, "duzentos": 200,
    "duzentas": 200, "trezentos": 300, "trezentas": 300, "quatrocentos": 400, "quatrocentas": 400,
    "quinhentos": 500, "quinhentas": 500, "seiscentos": 600, "seiscentas": 600,
    "setecentos": 700, "setecentas": 700, "oitocentos": 800, "oitocentas": 800,
    "novecentos": 900, "novecentas": 900,
}  # fmt: skip
_SCALES = {"mil": 10**3, "milhao": 10**6, "milhoes": 10**6, "bilhao": 10**9, "bilhoes": 10**9}
_FRACTIONS = {
    "metade": Fraction(1, 2), "terco": Fraction(1, 3), "tercos": Fraction(1, 3),
    "quarto": Fraction(1, 4), "quartos": Fraction(1, 4), "quinto": Fraction(1, 5),
    "quintos": Fraction(1, 5), "decimo": Fraction(1, 10), "decimos": Fraction(1, 10),
    "dobro": Fraction(2), "triplo": Fraction(3),
}  # fmt: skip
_ORDINALS = {
    "primeiro": 1, "primeira": 1, "terceiro": 3, "terceira": 3, "sexto": 6, "setimo": 7,
    "quinta": 5, "segunda": 2, "segundas": 2, "primeiros": 1, "primeiras": 1,
    "oitavo": 8, "nono": 9, "quarto": 4, "quinto": 5, "decimo": 10, "decima": 10,
}  # fmt: skip
_MEASURES = {
    form: forms[0]
    for forms in (
        ("dia", "dias"), ("hora", "horas", "h"), ("minuto", "minutos", "min"),
        ("segundo", "segundos"), ("semana", "semanas"), ("mes", "meses"), ("ano", "anos"),
        ("km", "quilometro", "quilometros"), ("metro", "metros"), ("kg", "quilo", "quilos"),
        ("parcela", "parcelas"), ("vez", "vezes"), ("pagina", "paginas"), ("gb",), ("mb",),
        ("semestre", "semestres"), ("trimestre", "trimestres"), ("bimestre", "bimestres"),
        ("decada", "decadas"), ("seculo", "seculos"), ("litro", "litros"), ("dolar", "dolares"),
        ("euro", "euros"), ("periodo", "periodos"), ("via", "vias"), ("copia", "copias"),
    )
    for form in forms
}  # fmt: skip
_QUALITIES = {
    "util": "util", "uteis": "util", "corrido": "corrido", "corridos": "corrido",
    "letivo": "letivo", "letivos": "letivo", "consecutivos": "corrido",
}  # fmt: skip
_PARTS = re.compile(r"(\d{1,2})/(\d{1,2})")
_TOKEN = re.compile(r"r\$|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/])|\d+(?:[.,]\d+)*|[a-z]+|%|[^\sa-z\d]")
_OF = re.compile(r"\s+d[aeo]s?\s")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*")
_REST = r"(?: (?:os?|as?|d[eoa]s?|aos?|dias?|ou igual (?:a|ao)|r\$))*\s*$"
_UP = re.compile(
    r"(?:mais (?:de|que|do que)|acima d[eoa]s?|superior(?:es)? aos?|superior(?:es)? a|"
    r"maior(?:es)? (?:que|do que|d[eoa])|no minimo|pelo menos|ao menos|minim[oa] d[eoa]|"
    rf"a partir d[eoa]s?|excede[mr]?|ultrapass\w+|depois d[eoa]s?|apos){_REST}"
)
_DOWN = re.compile(
    r"(?:menos (?:de|que|do que)|abaixo d[eoa]s?|inferior(?:es)? aos?|inferior(?:es)? a|"
    r"menor(?:es)? (?:que|do que|d[eoa])|no maximo|ate|maxim[oa] d[eoa]|limitad[oa]s? aos?|"
    rf"limitad[oa]s? a|antes d[eoa]s?){_REST}"
)
_AFTER_UP = re.compile(r"^\W*(?:\w+ )?(?:uteis |corridos )?(?:ou mais|no minimo|ou superior)\b")
_AFTER_DOWN = re.compile(r"^\W*(?:\w+ )?(?:uteis |corridos )?(?:ou menos|no maximo|ou inferior)\b")
_EXCLUSIVE = re.compile(
    r"\b(?:mais de|mais que|acima de|superior|maior|menos de|abaixo|inferior|menor)"
)
_OR_EQUAL = re.compile(r"igual ou (?:\w+ )?\w+ (?:a|ao|aos|que|do que|de)?\s*(?:r\$)?\s*$|ou igual")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is meant.

    ``kind`` is "money", "percent", "time" or "plain"; ``unit`` the stem of a known measure that
    follows; ``bound`` +1 where at least that is meant, -1 where at most, 0 otherwise; ``quality``
    tells "dias úteis" from "dias corridos".
    """

    value: Fraction
    kind: str
    unit: str | None
    bound: int
    exclusive: bool
    start: int
    quality: str | None = None


@dataclass(frozen=True, slots=True)
class Date:
    """A date of which parts may be left open; ``bound`` as with numbers."""

    day: int | None
    month: int
    year: int | None
    bound: int

    def told_by(self, other: "Date") -> bool:
        """Tell whether another date says all that this one says."""
        return (
            self.month == other.month
            and self.day in (None, other.day)
            and self.year in (None, other.year)
        )


def read_dates(folded: str) -> tuple[list[Date], str]:
    """Return the dates of a folded text, and the text with them blanked."""
    found: list[Date] = []
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            date = _date(match, folded)
            if date is not None:
                found.append(date)
                folded = _blank(folded, match.start(), match.end())
    return found, folded


def blank_dates(folded: str) -> str:
    """Return a folded text of the same length without its dates."""
    return read_dates(folded)[1]


def read_numbers(folded: str) -> list[Number]:
    """Return the numbers of a folded text whose dates are blanked."""
    found: list[Number] = []
    for pattern, clock in ((_TIME, True), (_HOURS, False)):
        for match in list(pattern.finditer(folded)):
            minutes = int(match[2]) if clock else 0
            bound, exclusive = _bound(folded, match.start(), match.end())
            if minutes:
                value, kind, unit = Fraction(int(match[1]) * 60 + minutes), "time", None
            else:
                value, kind, unit = Fraction(int(match[1])), "plain", "hora"
            found.append(Number(value, kind, unit, bound, exclusive, match.start()))
            folded = _blank(folded, match.start(), match.end())
    found.extend(_written_numbers(folded))
    return found


def _date(match: re.Match[str], folded: str) -> Date | None:
    parts = match.groupdict()
    month_text = parts["m"]
    month = _MONTHS.get(month_text) or _SHORT_MONTHS.get(month_text) or int(month_text)
    day = int(parts["d"]) if parts.get("d") else None
    year = int(parts["y"]) if parts.get("y") else None
    if year is not None and year < 100:
        year += 2000 if year < 70 else 1900
    fraction = year is None and match.group().count("/") == 1 and _OF.match(folded, match.end())
    if fraction or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    return Date(day, month, year, _bound(folded, match.start(), match.end())[0])


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _written_numbers(folded: str) -> Iterator[Number]:
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(folded)]
    place = 0
    while place < len(tokens):
        read = _number_at(tokens, place)
        if read is None:
            place += 1
            continue
        number, place = _placed(read[0], tokens, place, read[1], folded)
        cents = _cents(tokens, place) if number.kind == "money" else None
        if cents:
            number, place = replace(number, value=number.value + cents[0] / 100), cents[1]
        yield number


def _cents(tokens: list[tuple[str, int, int]], place: int) -> tuple[Fraction, int] | None:
    """Read "reais e cinquenta centavos" after an amount."""
    if [token[0] for token in tokens[place : place + 2]] not in (["reais", "e"], ["real", "e"]):
        return None
    read = _number_at(tokens, place + 2) if place + 2 < len(tokens) else None
    if read is None or read[1] >= len(tokens) or not tokens[read[1]][0].startswith("centavo"):
        return None
    return read[0], read[1] + 1


def _number_at(tokens: list[tuple[str, int, int]], place: int) -> tuple[Fraction, int] | None:
    word = tokens[place][0]
    if _PLAIN.fullmatch(word):
        value = _plain(word)
        after = place + 1
        if after < len(tokens) and tokens[after][0] in _SCALES:
            return value * _SCALES[tokens[after][0]], after + 1
        return value, after
    if (part := _PARTS.fullmatch(word)) and int(part[2]):
        return Fraction(int(part[1]), int(part[2])), place + 1
    if word in ("metade", "dobro", "triplo"):
        return _FRACTIONS[word], place + 1
    if word in _ORDINALS:
        return Fraction(_ORDINALS[word]), place + 1
    if word not in _UNITS and word != "mil":
        return None
    value, after = _spelled(tokens, place)
    following = tokens[after][0] if after < len(tokens) else ""
    if following in _FRACTIONS and following not in ("metade", "dobro", "triplo"):
        return value * _FRACTIONS[following], after + 1
    if word in ("um", "uma") and after == place + 1 and following not in _MEASURES:
        return None  # an article
    return value, after


def _spelled(tokens: list[tuple[str, int, int]], place: int) -> tuple[Fraction, int]:
    total, part, after = 0, 0, place
    while after < len(tokens):
        word = tokens[after][0]
        if word in _UNITS:
            part += _UNITS[word]
        elif word in _SCALES:
            total += max(part, 1) * _SCALES[word]
            part = 0
        elif word == "e" and after + 1 < len(tokens) and after > place:
            following = tokens[after + 1][0]
            if following not in _UNITS or _UNITS[following] >= max(part % 1000, 1) > 0 == total:
                break
            # "dois e tres" are two numbers, "vinte e tres" is one.
            if part and (part % 10 or part < 20) and part < 100:
                break
        else:
            break
        after += 1
    return Fraction(total + part), after


def _placed(
    value: Fraction, tokens: list[tuple[str, int, int]], place: int, after: int, folded: str
) -> tuple[Number, int]:
    last = after
    # "30 (trinta) dias" says one number twice.
    while after + 2 < len(tokens) and tokens[after][0] == "(":
        read = _number_at(tokens, after + 1)
        if read is None or read[0] != value or read[1] >= len(tokens) or tokens[read[1]][0] != ")":
            break
        after = read[1] + 1
    following = [token[0] for token in tokens[after : after + 2]]
    before = tokens[place - 1][0] if place else ""
    kind, unit = "plain", None
    if before == "r$" or following[:1] in (["reais"], ["real"]) or following == ["de", "reais"]:
        kind = "money"
    elif following[:1] == ["%"] or following == ["por", "cento"]:
        kind = "percent"
    elif following:
        unit = _MEASURES.get(following[0])
    begins = tokens[place - (before == "r$")][1]
    bound, exclusive = _bound(folded, begins, tokens[last - 1][2])
    quality = _QUALITIES.get(following[1]) if unit and len(following) > 1 else None
    number = Number(value, kind, unit, bound, exclusive, begins, quality)
    return number, after + (2 if following == ["por", "cento"] else 0)


def _plain(text: str) -> Fraction:
    """Read 1.234,56 and 1.234 as Portuguese writes them, 12.5 and 1,234.56 as they are met."""
    whole, comma, cents = text.rpartition(",")
    if comma and not re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Fraction(
            f"{whole.replace('.', '').replace(',', '') or '0'}.{cents.replace('.', '')}"
        )
    if comma:
        text = text.replace(",", "") if "." in text else text.replace(",", ".", 1).replace(",", "")
        return Fraction(text)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", text):
        return Fraction(text.replace(".", ""))
    parts = text.split(".")
    return Fraction(text if len(parts) <= 2 else "".join(parts))


def _bound(folded: str, start: int, end: int) -> tuple[int, bool]:
    before, after = folded[max(0, start - 40) : start], folded[end : end + 40]
    for bound, leading, trailing in ((1, _UP, _AFTER_UP), (-1, _DOWN, _AFTER_DOWN)):
        found = leading.search(before)
        if found:
            exclusive = bool(_EXCLUSIVE.match(found.group()))
            return bound, exclusive and not _OR_EQUAL.search(before)
        if trailing.match(after):
            return bound, False
    return 0, False


NUMBER_WORDS = frozenset((*_UNITS, *_SCALES, *_FRACTIONS, *_ORDINALS, *_MONTHS)) - {"um", "uma"}
MONTHS = tuple(_MONTHS)
MEASURES = frozenset(_MEASURES)
ORDINALS = frozenset(_ORDINALS)
