"""Text as people type or paste it, brought to one form before anything is read from it."""

import re
import unicodedata

# Spreadsheets and web pages paste these for the ASCII hyphen (Unicode category Pd and U+2212).
_DASHES = re.compile(r"[\u2010-\u2015\u2212\uff0d\ufe58\ufe63]")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return text in NFKC on one line: one hyphen, one space, nothing invisible."""
    kept = "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or character in "\t\n\r"
    )
    return _SPACES.sub(" ", _DASHES.sub("-", kept)).strip()


def mixes_scripts(text: str) -> bool:
    """Tell whether one word mixes Latin letters with look-alikes of another script."""
    return any(len(_scripts(word)) > 1 for word in re.findall(r"[^\W\d_]+", text))


def _scripts(word: str) -> set[str]:
    return {
        "LATIN" if name.startswith("LATIN") else name.split(" ")[0]
        for name in (unicodedata.name(letter, "UNKNOWN") for letter in word)
        if not name.startswith(("COMBINING", "MODIFIER", "FEMININE", "MASCULINE"))
    }
