"""Portuguese text analysis: folding, words, stems and sentences. Pure: the same text, the same
answer, in the indexer, in the search and in the parser."""

import re
import unicodedata
from functools import lru_cache
from threading import local

import Stemmer

from cogep_assist.retrieval.sentences import sentences

__all__ = ["STOPWORDS", "fold", "other_number", "sentences", "stem", "tokenize", "words"]

_STOPWORD_TEXT = """
a ao aos aquela aquelas aquele aqueles aquilo as ate com como da das de dela delas dele deles
depois do dos e ela elas ele eles em entre era eram eramos essa essas esse esses esta estamos
estao estar estas estava estavam estavamos este esteja estejam estejamos estes esteve estive
estivemos estiver estivera estiveram estiveramos estiverem estivermos estivesse estivessem
estivessemos estou eu foi fomos for fora foram foramos forem formos fosse fossem fossemos fui ha
haja hajam hajamos hao havemos haver hei houve houvemos houver houvera houveram houveramos
houverao houverei houverem houveremos houveria houveriam houveriamos houvermos houvesse
houvessem houvessemos isso isto ja la lhe lhes lo mais mas me mesmo meu meus minha minhas muito
na nao nas nem no nos nossa nossas nosso nossos num numa o os ou para pela pelas pelo pelos por
qual quais quando que quem sao se seja sejam sejamos sem sera serao serei seremos seria seriam
seriamos seu seus so somos sou sua suas tambem te tem temos tenha tenham tenhamos tenho ter tera
terao terei teremos teria teriam teriamos teu teus teve tinha tinham tinhamos tive tivemos tiver
tivera tiveram tiveramos tiverem tivermos tivesse tivessem tivessemos tu tua tuas um uma umas
uns voce voces vos n onde quanto quantos quanta quantas
pra pras pros vc vcs pq tb tbm qto qnt ne
"""
STOPWORDS = frozenset(_STOPWORD_TEXT.split())

_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]+")
_ORDINAL_SIGNS = "ºª°"
# A word is a code such as c++, digits with their inner separators, or letters and digits.
_PIECE = re.compile(
    r"(?P<skip>(?<![^\W_])r\$)"
    r"|(?P<code>(?<![^\W_])(?:c\+\+|[cf]#)(?![^\W_]))"
    r"|(?P<mail>[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)"
    r"|(?P<number>(?<![^\W_])\d+(?:[.,/-]\d+)*(?![^\W_]))"
    r"|(?P<hyphened>(?<![^\W_])[^\W\d_]+(?:-[^\W_]+)+)"
    r"|(?P<word>[^\W_]+)"
)
_INNER = re.compile(r"[^\W_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_NUMBER_PART = re.compile(r"\d+(?:[.,]\d+)*")
_ORDINAL = re.compile(r"(\d+)[oa]s?")
_CLITIC_TEXT = "se me te nos vos lhe lhes lo la los las no na o a os as"
_CLITICS = frozenset(_CLITIC_TEXT.split())
# A longer run of letters is noise (base64, a dump), not a word anyone looks for.
_LONGEST_TERM = 64


def fold(text: str) -> str:
    """Return text in lower case without accents, ordinal signs or invisible characters."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    try:
        latin = lowered.encode("latin-1").translate(_LATIN_FOLDED, _LATIN_DROPPED)
    except UnicodeEncodeError:
        return _decomposed(lowered)
    # One of the few letters that become several, such as a fraction.
    return _decomposed(lowered) if 0 in latin else latin.decode("latin-1")


def _decomposed(lowered: str) -> str:
    for sign in _ORDINAL_SIGNS:
        lowered = lowered.replace(sign, "")
    return _MARKS.sub("", unicodedata.normalize("NFKD", lowered)).lower()


# Nearly all Portuguese is Latin-1, which is folded by a table in a fifth of the time.
_LATIN = [_decomposed(chr(code)) for code in range(256)]
_LATIN_DROPPED = bytes(code for code, folded in enumerate(_LATIN) if not folded)
_LATIN_FOLDED = bytes(
    ord(folded) if len(folded) == 1 and folded <= "\xff" else 0 for folded in _LATIN
)


def tokenize(text: str) -> list[str]:
    """Return the index terms of a text: folded, without stopwords, stemmed, in order.

    Where nothing but stopwords is found, they are the terms: a question made of them still asks.
    """
    return [stem(word) for word in words(text)]


def words(text: str) -> list[str]:
    """Return the folded words of a text without stopwords (or all, if there are only those)."""
    found = _pieces(fold(text))
    return [word for word in found if word not in STOPWORDS] or found


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """Return the stem of one folded word.

    Plurals are undone first and the accents that the Snowball rules look for are put back, because
    folding would otherwise hide from them the endings -ção, -ência, -ância, -ável and -ível.
    """
    if not word.isalpha() or len(word) < 4:
        return word
    singular = _singular(word)
    accented = _accented(singular)
    return fold(_stemmer().stemWord(accented))


@lru_cache(maxsize=32768)
def other_number(word: str) -> str | None:
    """Return the stem of a folded word's plural, or of its singular, where that is another stem.

    The rules leave short words and foreign ones as they are: "obra" and "obras", "link" and
    "links".
    """
    if not word.isalpha() or len(word) < 4 or stem(word) != word:
        return None
    other = word[:-1] if word.endswith("s") else f"{word}s"
    return other if stem(other) == other else None


def _pieces(folded: str) -> list[str]:
    found: list[str] = []
    for match in _PIECE.finditer(folded):
        kind, text = match.lastgroup, match.group()
        if kind == "word":
            found.append(_plain_word(text))
        elif kind == "number":
            found.extend(_number_terms(text))
        elif kind == "hyphened":
            found.extend(_hyphened_terms(text))
        elif kind == "mail":
            found.extend(_INNER.findall(text))
            found.append(text)
        elif kind == "code":
            found.append(text)
    return [term for term in found if len(term) <= _LONGEST_TERM]


def _plain_word(text: str) -> str:
    ordinal = _ORDINAL.fullmatch(text)
    return ordinal.group(1) if ordinal else text


def _number_terms(text: str) -> list[str]:
    """Split "8.112/1990" into 8112 and 1990; a long identifier is kept as bare digits as well."""
    terms = [_canonical_number(part) for part in _NUMBER_PART.findall(text)]
    digits = re.sub(r"\D", "", text)
    if len(digits) > 8 and len(terms) > 1:
        terms.append(digits)
    return terms


def _canonical_number(text: str) -> str:
    whole, comma, cents = text.partition(",")
    if _THOUSANDS.fullmatch(whole):
        whole = whole.replace(".", "")
    if not comma or not cents.strip("0"):
        return whole
    return f"{whole}.{cents.replace(',', '.')}"


def _hyphened_terms(text: str) -> list[str]:
    """Split "pos-graduacao" into its words and their union, "e-mail" into email alone."""
    parts = text.split("-")
    while len(parts) > 1 and parts[-1] in _CLITICS:
        parts.pop()
    if len(parts) == 1:
        return parts
    if len(parts) == 2 and len(parts[0]) == 1:
        return ["".join(parts)]
    return [*parts, "".join(parts)] if len(parts) == 2 else parts


_IRREGULAR = {
    "maes": "mae",
    "paes": "pao",
    "caes": "cao",
    "capitaes": "capitao",
    "alemaes": "alemao",
    "dificeis": "dificil",
    "faceis": "facil",
    "uteis": "util",
    "inuteis": "inutil",
    "ageis": "agil",
    "frageis": "fragil",
    "ferteis": "fertil",
    "depois": "depois",
    "demais": "demais",
    "jamais": "jamais",
    "lapis": "lapis",
    "gratis": "gratis",
    "tenis": "tenis",
    "virus": "virus",
    "onibus": "onibus",
    "bonus": "bonus",
    "campus": "campus",
    "status": "status",
    "dezesseis": "dezesseis",
}
_PLURALS = (
    ("oes", "ao"),
    ("ais", "al"),
    ("eis", "el"),
    ("ois", "ol"),
    ("uis", "ul"),
    ("is", "il"),
    ("ns", "m"),
    ("zes", "z"),
    ("eses", "es"),
)
_RESTORED = (
    ("acao", "ação"),
    ("ucao", "ução"),
    ("encia", "ência"),
    ("ancia", "ância"),
    ("avel", "ável"),
    ("ivel", "ível"),
)


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 5 or not word.endswith("s"):
        return word
    for plural, singular in _PLURALS:
        if word.endswith(plural):
            return word[: -len(plural)] + singular
    return word


def _accented(word: str) -> str:
    candidate = word[:-1] if word.endswith(("encias", "ancias")) else word
    for bare, accented in _RESTORED:
        if candidate.endswith(bare):
            return candidate[: -len(bare)] + accented
    return word


class _Stemmers(local):
    """One Snowball stemmer per thread: the C object is not safe to share between threads."""

    def __init__(self) -> None:
        self.portuguese = Stemmer.Stemmer("portuguese", 0)


_stemmers = _Stemmers()


def _stemmer() -> Stemmer.Stemmer:
    return _stemmers.portuguese
