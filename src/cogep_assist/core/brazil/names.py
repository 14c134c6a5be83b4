"""Names of people and organisations: folded for search, and by their sound for comparison."""

import re
import unicodedata
from functools import lru_cache

from cogep_assist.core.brazil.typed_text import plain

MAX_WORDS = 24
MAX_WORD_CHARS = 40
_PARTICLES_TEXT = "a as da das de del della di do dos du e la las lo los o os van von y"
PARTICLES = frozenset(_PARTICLES_TEXT.split())
# Father and son, uncle and nephew: the only word by which they differ.
GENERATIONS = {
    "filho": "filho",
    "filha": "filho",
    "fo": "filho",
    "junior": "junior",
    "jr": "junior",
    "jun": "junior",
    "neto": "neto",
    "neta": "neto",
    "sobrinho": "sobrinho",
    "sobrinha": "sobrinho",
    "segundo": "segundo",
    "ii": "segundo",
    "terceiro": "terceiro",
    "iii": "terceiro",
}
_COMPANY_FORMS_TEXT = (
    "cia companhia eireli epp inc limitada lda ltda ltd me mei microempresa sa slu ss"
)
COMPANY_FORMS = frozenset(_COMPANY_FORMS_TEXT.split())
_TITLES_TEXT = "dr dra eng exma exmo prof profa sr sra srta"
TITLES = frozenset(_TITLES_TEXT.split())
_APOSTROPHES = re.compile(r"[’‘'`´ʼ]")
_JOINT_STOCK = re.compile(r"\bs\s?[./]\s?a\b\.?")
_WORD = re.compile(r"[a-z0-9]+")
# Letters that lose nothing by decomposition and are yet no ASCII.
_OTHER_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "þ": "th",
        "ı": "i",
        "ª": "",
        "º": "",
    }
)


def fold_name(text: str) -> str:
    """Return a name in lower case ASCII words, apart from letters of other scripts."""
    lowered = plain(text.translate(_OTHER_LETTERS)).lower().translate(_OTHER_LETTERS)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(letter)
    )
    bare = _JOINT_STOCK.sub("sa", _APOSTROPHES.sub("", bare))
    return " ".join(re.findall(r"[^\W_]+", bare))


def name_words(text: str) -> list[str]:
    """Return the folded words of a name, in order, particles included."""
    return [word[:MAX_WORD_CHARS] for word in fold_name(text).split()[:MAX_WORDS]]


def telling_words(text: str) -> list[str]:
    """Return the folded words that tell one name from another; all, where none is left."""
    words = name_words(text)
    skipped = PARTICLES | TITLES | COMPANY_FORMS
    return [word for word in words if word not in skipped] or words


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """Return the sound of one folded word, equal for the usual spellings of one name.

    Rules of Portuguese spelling over folded letters: Souza and Sousa, Luiz and Luís, Thaís
    and Tays, Philipe and Felipe, Wagner and Vagner are each one sound.
    """
    if not _WORD.fullmatch(word) or word.isdigit():
        return word
    heard = word
    for written, spoken in _SOUNDS:
        heard = written.sub(spoken, heard)
    return heard or word


_SOUNDS = tuple(
    (re.compile(written), spoken)
    for written, spoken in (
        (r"ph", "f"),
        (r"y", "i"),
        (r"w", "v"),
        (r"sch|sh|ch", "x"),
        (r"sc(?=[ei])|ss|z|ç", "s"),
        (r"c(?=[ei])", "s"),
        (r"ck|qu(?=[ei])|q|c", "k"),
        (r"kh", "k"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"lh", "l"),
        (r"nh", "n"),
        (r"h", ""),
        (r"m(?=[^aeiou]|$)", "n"),
        (r"(.)\1+", r"\1"),
        (r"(?<=.)e$", "i"),
    )
)
