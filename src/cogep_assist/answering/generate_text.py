"""A model's text as it streams in: whole sentences, their citation marks, their cleaning. Pure."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cogep_assist.answering.prompts import UNKNOWN
from cogep_assist.answering.prompts_untrusted import visible
from cogep_assist.core.terminal import unfinished_command
from cogep_assist.retrieval.portuguese import fold, sentences

# Models fall into runs of blanks, and documents may ask for them: no blank is looked at twice.
_MARK = re.compile(
    r"\s*+[\[【〔［]\s*+(?:\^\s*+)?(?:(?:trechos?|fontes?|docs?\.?|documentos?)\s*+)?"
    r"(\d{1,3}(?:\s*+(?:[,;]|e|–|-)\s*+(?:trechos?\s*+)?\d{1,3})*+)\s*+[\]】〕］]",
    re.IGNORECASE,
)
_BARE_MARK = re.compile(rf"{_MARK.pattern}(?!\()", re.IGNORECASE)
_LEADING_MARKS = re.compile(rf"(?:{_MARK.pattern})+[.]?", re.IGNORECASE)
_THINK = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–—▪◦●]|\+)\s+")
_STEP = re.compile(r"^\s*(\d{1,2})\s*[.)]\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LABEL = r"\[([^\[\]]{0,200}[^\[\]\d\s,;][^\[\]]{0,200})\]"
_LINK = re.compile(rf"{_LABEL}\(\s*+<?([^)\s>]*+)[^)]*+\)|{_LABEL}\[[^\]]*+\]")
_REFERENCE = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_TAG = re.compile(r"<\s*[/!?]?\s*[a-zA-Z][^>]*(?:>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ENTITY = re.compile(r"&(?:#x?[0-9a-fA-F]+|[a-zA-Z]{2,10});")
_SCHEME = re.compile(
    r"(?i)\b(?:[a-z][a-z0-9+.-]{1,20}://|mailto:|javascript:|vbscript:|data:|file:|tel:)\S*|//\S+\.\S+"
)
_TOP_LEVEL = (
    "com|org|net|br|gov|edu|mil|int|info|biz|io|dev|app|xyz|top|site|online|shop|store|tech|ai|co|"
    "me|tv|cc|ws|us|uk|eu|de|fr|ru|cn|pt|es|it|ar|cl|mx|jp|in|ly|gl|to|link|click|live|cloud|page|"
    "test|example|local|internal|lan|onion"
)
_HOST = re.compile(
    rf"(?i)(?<![\w@.-])(?:www\.\S+|(?:[\w-]+\.)+(?:{_TOP_LEVEL})(?![\w-])(?:[:/?#]\S*)?)"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\S*)"
)
# Any ending leads somewhere with a path behind it, and so may letters that merely look Latin.
_ALIEN = "\u0370-\u1dff\u2e80-\ud7ff"
_DISGUISED = re.compile(
    rf"(?<![\w@.-])(?:[\w-]{{2,}}\.)+[^\W\d_]{{2,}}/\w\S*"
    rf"|(?<!\S)(?=\S*[{_ALIEN}])(?=[^\s@]*[^\s@.]\.[^\s.])[^\s@]+"
)
# One pass: what is left standing must not be looked into again.
_WHERE = re.compile(
    f"{_SCHEME.pattern[4:]}|{_HOST.pattern[4:]}|{_DISGUISED.pattern}", re.IGNORECASE
)
# What browsers read as the signs of an address.
_AS_READ = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {
    ord(dot): "." for dot in "\u3002\uff61\u2024"
}
_EMPHASIS = re.compile(r"(\*\*|__|\*|_|`|~~)(?=\S)(.+?)(?<=\S)\1")
_META = re.compile(
    r"^(?:com base|de acordo com|segundo|conforme|baseado)\b[^,]{0,40}"
    r"\b(?:trechos?|documentos?|fontes?|textos?|contexto)\b[^,]{0,40},\s*",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"^(?:sim|não)\s*[,:;–-]\s+(?=\S)", re.IGNORECASE)
_OPENERS = "[【〔［"
_TRAILING = " \t\n\"“”'"
# A longer one is no sentence; the patterns above need not be fast on it.
MOST_SENTENCE_CHARS = 2_000
_LONG = 1_000
ELSEWHERE = "(endereço na fonte)"


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model wrote it, and the places (from 0) of the passages it cites."""

    text: str
    cited: tuple[int, ...]
    bullet: bool
    new_line: bool


class Sentences:
    """Feed it text, take each sentence once what follows shows that it has ended."""

    def __init__(self) -> None:
        self._rest = ""
        self._unread = ""
        self._after_line = False
        self._next_look = 0

    def feed(self, piece: str) -> Iterator[Draft]:
        """Yield the sentences that this piece ends."""
        read = self._unread + piece
        # A command to the terminal whose other half is to come shows nothing when it is whole.
        whole = unfinished_command(read)
        self._unread = read[whole:]
        self._rest += visible(read[:whole])
        if len(self._rest) < self._next_look:
            return iter(())
        # Text that ends no sentence is read again each time that it has grown by an eighth, and
        # not at each of its thousands of pieces.
        self._next_look = len(self._rest) * 9 // 8 if len(self._rest) > _LONG else 0
        if _in_thought(self._rest):
            return iter(())
        return self._take(final=False)

    def finish(self, *, whole: bool = True) -> Iterator[Draft]:
        """Yield what is left; without its last sentence unless the text is ``whole``."""
        self._rest += visible(self._unread)
        self._unread = ""
        return self._take(final=True, whole=whole)

    def _take(self, *, final: bool, whole: bool = True) -> Iterator[Draft]:
        rest = self._rest = _THINK.sub("", self._rest)
        spans = _with_marks(rest, sentences(rest))
        place = 0
        ended = len(spans) if final and whole else len(spans) - 1
        if not final and spans and rest[spans[-1][0]] in _OPENERS:
            ended -= 1  # the mark that begins here may be the sentence's before it
        for start, end in spans[: max(ended, 0)]:
            new_line = "\n" in rest[place:start] or self._after_line
            place = end
            self._rest, self._next_look = rest[end:], 0
            draft = _draft(rest[start:end], new_line=new_line)
            self._after_line = new_line and draft is None
            if draft is not None:
                yield draft


def clean_sentence(text: str, *, allowed: set[str] | frozenset[str] = frozenset()) -> str | None:
    """Return a sentence as plain text without markup and links, or None if nothing is left.

    ``allowed`` holds the addresses that may stand: those of the cited sources themselves.
    """
    if len(text) > MOST_SENTENCE_CHARS:
        return None
    text = visible(html.unescape(visible(text))).translate(_AS_READ)
    text = _REFERENCE.sub("", _IMAGE.sub("", text))
    text = _BARE_MARK.sub("", _LINK.sub(lambda match: _link(match, allowed), text))
    text = _ENTITY.sub(" ", _TAG.sub("", text))
    text = _WHERE.sub(lambda match: _address(match, allowed), text)
    text = _MARK.sub("", text)
    for _ in range(3):
        text = _EMPHASIS.sub(r"\2", text)
    text = _YES_NO.sub("", _META.sub("", " ".join(text.split())))
    text = re.sub(r"\s+([.,;:!?])", r"\1", _balanced(text)).strip(_TRAILING + "*_`|")
    text = text.replace("[", "(").replace("]", ")").replace("<", "‹").replace(">", "›")
    if not any(c.isalnum() for c in text):
        return None
    return text[0].upper() + text[1:]


def says_unknown(text: str) -> bool:
    """Tell whether the model said that the passages do not answer."""
    return fold(text).strip(" .!*\"'").startswith(fold(UNKNOWN)) and len(text) < 80


def _in_thought(text: str) -> bool:
    """Tell whether a thought is begun, or may be beginning, at the end of a text."""
    lowered = text.lower()
    opened = lowered.count("<think") > lowered.count("</think")
    return opened or any(lowered.endswith("<thinking>"[:n]) for n in range(1, 10))


def _with_marks(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give citation marks that follow a full stop to the sentence before them."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found:
            match = _LEADING_MARKS.match(text, start, end)
            if match:
                found[-1] = (found[-1][0], match.end())
                start = match.end()  # noqa: PLW2901 - what is left of it
                if not text[start:end].strip():
                    continue
        found.append((start, end))
    return found


def _draft(raw: str, *, new_line: bool) -> Draft | None:
    if len(raw) > MOST_SENTENCE_CHARS or _HEADING.match(raw) or not any(map(str.isalnum, raw)):
        return None
    bullet = bool(_BULLET.match(raw))
    text = _BULLET.sub("", raw)
    cited: list[int] = []
    for match in _MARK.finditer(text):
        cited += [int(number) - 1 for number in re.findall(r"\d+", match[1])]
    text = text.strip()
    if not _MARK.sub("", text).strip(" .;:"):
        return None
    return Draft(text, tuple(dict.fromkeys(cited)), bullet, new_line or bullet)


def _balanced(text: str) -> str:
    """Drop the parentheses that what was taken out has left without their other half."""
    kept: list[str] = []
    opened: list[int] = []
    for character in text:
        if character == ")" and not opened:
            continue
        if character == "(":
            opened.append(len(kept))
        elif character == ")":
            opened.pop()
        kept.append(character)
    return "".join(c for place, c in enumerate(kept) if place not in opened)


def _link(match: re.Match[str], allowed: set[str] | frozenset[str]) -> str:
    label, target = match[1] if match[1] is not None else match[3], match[2]
    if target and target in allowed:
        return f"{label} ({target})"
    return label or ""


def _address(match: re.Match[str], allowed: set[str] | frozenset[str]) -> str:
    found = match.group()
    bare = found.rstrip(".,;:!?)\"'”")
    return found if bare in allowed else ELSEWHERE + found[len(bare) :]
