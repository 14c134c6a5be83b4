"""Find the encoding of a text: Portuguese files of any age, with labels that may lie."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Single-byte encodings of Portuguese, the likeliest first: a tie goes to the earlier one.
_PORTUGUESE = ("cp1252", "cp850", "mac-roman", "cp860")
_LATIN_LABELS = frozenset(
    (
        "cp1252",
        "iso8859-1",
        "iso8859-15",
        "latin-1",
        "ascii",
        "utf-8",
        "cp850",
        "cp860",
        "mac-roman",
    )
)
_REFUSED = frozenset(
    ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "charmap")
)
_LETTERS = frozenset("áàâãéêíóôõúüçÁÀÂÃÉÊÍÓÔÕÚÜÇ")
_SIGNS = frozenset("ªº°§–—“”‘’…•«»€²³½¼´\u00a0\u00ad®©™·×")
_META = re.compile(
    rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE
)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([a-zA-Z0-9_:.-]{2,40})["']""")
_BAD_UTF8 = "cogep_cp1252_for_bad_utf8"
_SAMPLE = 200_000


def decode(data: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """Return the text of the bytes and the encoding found; never fails.

    A byte-order mark wins, then valid UTF-8, then UTF-16 by its pattern of zeros, then mostly-UTF-8
    (stray cp1252 bytes are mended), then the single-byte encoding that gives the most plausible
    Portuguese. A declared encoding is believed only where it reads better than these.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name
    wide = _utf16_without_mark(data)
    if wide:
        return data.decode(wide, "replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    valid, bad = _utf8_runs(data[:_SAMPLE])
    if valid and _ends_too_soon(data):
        return data.decode("utf-8", "ignore"), "utf-8"
    if valid > bad:
        return data.decode("utf-8", _BAD_UTF8), "utf-8"
    return _best_single_byte(data, declared)


def declared_in_markup(data: bytes) -> str | None:
    """Return the encoding that an HTML or XML file names in its first 4 KiB."""
    found = _XML.search(data[:1024]) or _META.search(data[:4096])
    return found.group(1).decode("ascii") if found else None


def declared_in_type(declared_type: str | None) -> str | None:
    """Return the charset parameter of a media type such as ``text/html; charset=utf-8``."""
    if not declared_type:
        return None
    found = re.search(r"""charset\s*=\s*["']?([\w:.-]{2,40})""", declared_type, re.IGNORECASE)
    return found.group(1) if found else None


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    pairs = len(sample) // 2
    even = sample[0 : pairs * 2 : 2].count(0)
    odd = sample[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.6 and even < pairs * 0.1:
        return "utf-16-le"
    if even > pairs * 0.6 and odd < pairs * 0.1:
        return "utf-16-be"
    return None


_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def _utf8_runs(sample: bytes) -> tuple[int, int]:
    """Count the multi-byte sequences that are UTF-8 and the high bytes that are not."""
    sequences = _UTF8_SEQUENCE.findall(sample)
    high = sum(1 for byte in sample if byte >= 0x80)
    return len(sequences), high - sum(len(sequence) for sequence in sequences)


def _ends_too_soon(data: bytes) -> bool:
    """Tell whether all is UTF-8 but a last character that was cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _best_single_byte(data: bytes, declared: str | None) -> tuple[str, str]:
    sample = data[:_SAMPLE]
    best = max(_PORTUGUESE, key=lambda name: (_plausibility(sample, name), name == "cp1252"))
    label = _codec(declared)
    if label and label not in _LATIN_LABELS:
        try:
            other = data.decode(label)
        except (UnicodeDecodeError, LookupError):
            other = ""
        if other and _plausibility(sample, best) < _foreign_plausibility(other[:_SAMPLE]):
            return other, label
    return data.decode(best, _BAD_UTF8), best


def _plausibility(sample: bytes, encoding: str) -> float:
    """Score a reading: Portuguese letters inside words count for it, stray signs against it."""
    text = sample.decode(encoding, "replace")
    score = total = 0
    for index, character in enumerate(text):
        if character < "\x80":
            continue
        total += 1
        if character in _LETTERS:
            before = text[index - 1 : index]
            odd_case = character.isupper() and before.isalpha() and before.islower()
            score += -1 if odd_case else 2
        elif character in _SIGNS:
            score += 1
        else:
            score -= 2
    return score / total if total else 0.0


def _foreign_plausibility(text: str) -> float:
    """Score a reading in a declared foreign encoding: its words must not mix two scripts."""
    words = re.findall(r"[^\W\d_]+", text)
    foreign = [word for word in words if not word.isascii()]
    if not foreign:
        return -2.0
    mixed = sum(1 for word in foreign if any(letter.isascii() for letter in word))
    return 2.0 - 4.0 * mixed / len(foreign)


def _codec(declared: str | None) -> str | None:
    if not declared:
        return None
    try:
        name = codecs.lookup(declared.strip().lower()).name
    except (LookupError, ValueError):
        return None
    return None if name in _REFUSED or name.endswith("_codec") else name


def _mend(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    # The few bytes that cp1252 leaves undefined carry nothing.
    return bad.decode("cp1252", "ignore"), error.end


codecs.register_error(_BAD_UTF8, _mend)
