"""Portuguese sentence boundaries as offsets, for chunks, extracts and citations. Pure."""

import re
from collections.abc import Iterator

# Abbreviations that stand before what they belong to: a full stop after them ends nothing.
_BEFORE_A_NAME_TEXT = """
dr dra drs dras sr sra srs sras srta prof profa profs profas eng enga arq adv exmo exma ilmo
ilma av pca rod al pe fr sto sta gal cel maj sgt ten des dep sen gov pres rev me v art arts inc
cf obs ex vs cia ref dept depto coord ass fls st mr mrs univ
"""
_BEFORE_A_NAME = frozenset(_BEFORE_A_NAME_TEXT.split())
# Abbreviations that stand before a number, or are words of their own.
_BEFORE_A_NUMBER_TEXT = """
p pp pag pags pg n no nos num cap caps vol vols ed fl tel fax ramal tit sec min max aprox cod
proc reg ca jan fev mar abr mai jun jul ago set out nov dez seg ter qua qui sex sab res par anex
"""
_BEFORE_A_NUMBER = frozenset(_BEFORE_A_NUMBER_TEXT.split())
# A capitalised one of these after a dotted acronym or "Ltda." opens a new sentence.
_OPENERS_TEXT = """
o a os as um uma uns umas em no na nos nas para por pelo pela com sem se esse essa este esta
esses essas estes estas isso isto aquele aquela ele ela eles elas eu voce nao ja quando como
porque pois portanto assim alem caso apos ate desde entre segundo conforme todo toda todos todas
cada qualquer mas porem contudo ha e ou ao aos quem qual quais onde quanto seu sua seus suas
"""
_OPENERS = frozenset(_OPENERS_TEXT.split())
_CONNECTIVES = frozenset(
    ("de", "da", "do", "dos", "das", "por", "e", "com", "para", "o", "a", "ao", "em")
)
# "Bloco B. Pessoas idosas ...": a letter after one of these names a thing, nobody.
_LETTERED_TEXT = """
bloco sala anexo classe tipo grupo vitamina hepatite setor ala quadra torre predio categoria nivel
opcao item letra alinea plano turma conceito nota faixa portao lote modulo modelo formulario etapa
fase linha coluna serie versao parte apendice edificio andar corredor unidade equipe time
"""
_LETTERED = frozenset(_LETTERED_TEXT.split())
_ACCENTS = str.maketrans("áàâãäéêëíïóôõöúüç", "aaaaaeeeiioooouuc")

# Possessive, and never begun inside a run: the cost stays linear on a megabyte of full stops.
_BOUNDARY = re.compile(
    r"(?P<block>\n[ \t\r\f\v]*+\n\s*+)"
    r"|(?P<line>\n[ \t\r\f\v]*+)"
    r"|(?P<stop>(?<![.!?…])[.!?…]++[\"'”’»)\]}]*+(?=[ \t\xa0\u2003]))"
    # A space that was forgotten: "encarceramento.Ao mesmo tempo"; "System.Net" goes on.
    r"|(?P<glued>(?<=[a-zà-ÿ]{3})[.!?](?=[A-ZÀ-Þ][a-zà-ÿ]*[ \t\xa0]))"
)
_SPACE = " \t\r\n\f\v\xa0\u2003"
_ITEM = re.compile(
    r"(?:[-–—•*·▪◦●○■►✓]|(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,6})[.)ºª°]|§|\|"
    r"|[IVXLC]{1,6}\s?[-–—])[ \t\xa0]"
)
_ENUMERATOR = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-zA-Z]|[ivxlcIVXLC]{1,7})[.)]*\.")
# "Art. 10. O valor ...", "Parágrafo único. A medição ...": the number names what follows.
_PROVISION = re.compile(
    r"\s*(?:(?:art(?:\.|igo)|§|cl[áa]usula|se[çc][ãa]o|cap[íi]tulo)\s*(?:\d+[ºª°o]?|[IVXLC]+)(?:-[A-Z])?"
    r"|par[áa]grafo\s+(?:[úu]nico|\d+[ºª°o]?))",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"[A-ZÀ-Þ]\.[ \t\xa0]")
_QUOTES = "\"'“‘«([{¿¡—–-•"
_LONG_LINE = 60
_LONGEST_PROVISION = 40


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) spans of the sentences of a text, in order and without overlap.

    A blank line always ends a sentence, and so does a line break before a list item, beside a table
    row or after a heading; a line break inside a wrapped paragraph does not. Spans hold no
    surrounding white space, and together they hold every other character of the text.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end, following in _ends(text):
        if end > start:
            _append(spans, text, start, end)
            start = following
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start] in _SPACE:
        start += 1
    while end > start and text[end - 1] in _SPACE:
        end -= 1
    if end > start:
        spans.append((start, end))


def _ends(text: str) -> Iterator[tuple[int, int]]:
    opened = 0
    for match in _BOUNDARY.finditer(text):
        kind = match.lastgroup
        if (
            kind == "block"
            or (kind == "line" and _line_ends(text, match.start(), match.end()))
            or (kind == "stop" and _stop_ends(text, opened, match.start(), match.end()))
            or (kind == "glued" and _opens_a_sentence(text, match.end()))
        ):
            opened = match.end()
            yield (match.start() if kind in ("block", "line") else match.end()), match.end()


def _line_ends(text: str, end: int, following: int) -> bool:
    begin = text.rfind("\n", max(0, end - 400), end) + 1
    begin = begin or max(0, end - 400)
    line = text[begin:end].rstrip(_SPACE)
    after = text[following : following + 400].partition("\n")[0]
    if not line or not after:
        return True
    if _ITEM.match(after) or " | " in line or " | " in after:
        return True
    if line[-1] in ".!?:;…" or line.endswith(('."', ".”", '?"', '!"')):
        return not after[0].islower() or line[-1] in ":;"
    if after[0].islower():
        return False
    return len(line) < _LONG_LINE


def _stop_ends(text: str, opened: int, stop: int, end: int) -> bool:
    following = _first_character(text, end)
    if following is None:
        return True
    character = text[following]
    if character in _QUOTES:
        inner = following + 1
        while inner < len(text) and inner < following + 4 and not text[inner].isalnum():
            inner += 1
        character = text[inner] if inner < len(text) else " "
    if character.islower():
        return False
    if text[stop + 1] in ".!?…" or text[stop] != ".":
        return character.isalnum() or text[stop] in "!?"
    return not _is_abbreviation(text, opened, stop, following)


def _first_character(text: str, position: int) -> int | None:
    while position < len(text) and text[position] in " \t\xa0\u2003":
        position += 1
    return position if position < len(text) else None


def _is_abbreviation(text: str, opened: int, stop: int, following: int) -> bool:
    """Tell whether the full stop at `stop` belongs to an abbreviation or an enumerator."""
    begin = stop
    floor = max(opened, stop - 24)
    while begin > floor and text[begin - 1] not in _SPACE and text[begin - 1] not in "([{\"'“‘«":
        begin -= 1
    word = text[begin:stop]
    nothing_before = not text[opened : min(begin, opened + 40)].strip(_SPACE)
    if nothing_before and _ENUMERATOR.fullmatch(word + "."):
        return True
    if stop - opened <= _LONGEST_PROVISION and _PROVISION.fullmatch(text, opened, stop):
        return True
    key = word.lower().translate(_ACCENTS).rstrip("ºª°")
    if key in _BEFORE_A_NAME:
        return True
    if key in _BEFORE_A_NUMBER and text[following].isdigit():
        return True
    if "." in word and all(len(part) <= 3 for part in word.split(".")) and word[0].isalpha():
        return not _opens_a_sentence(text, following)
    if len(word) == 1 and word.isupper():
        return _is_initial(text, opened, begin, following)
    return key in {"ltda", "jr"} and not _opens_a_sentence(text, following)


def _is_initial(text: str, opened: int, begin: int, following: int) -> bool:
    before = text[max(opened, begin - 40) : begin].split()
    if _INITIAL.match(text, following):
        return True
    if _opens_a_sentence(text, following) and before:
        return False
    if not before:
        return True
    last = before[-1]
    if last.lower().translate(_ACCENTS) in _LETTERED:
        return False
    return last[:1].isupper() or last.lower() in _CONNECTIVES


def _opens_a_sentence(text: str, following: int) -> bool:
    word = re.match(r"\w+", text[following : following + 20])
    return word is not None and word.group().lower().translate(_ACCENTS) in _OPENERS
