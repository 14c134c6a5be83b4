"""Make what stands around a new noun agree with it: "do estagiário" becomes "dos servidores". Pure.

What was asked is shown to the reader as it was understood; "o estagiários" reads like a fault.
"""

import re

_DETERMINERS = (
    ("o", "a", "os", "as"),
    ("do", "da", "dos", "das"),
    ("no", "na", "nos", "nas"),
    ("ao", "à", "aos", "às"),
    ("pelo", "pela", "pelos", "pelas"),
    ("um", "uma", "uns", "umas"),
)
_PLACES = {form: (row, place) for row in _DETERMINERS for place, form in enumerate(row)}
_PLURAL = 2
# The verb and the determiner of a noun stand within so many characters before it.
_NEAR = 80
_PAIRS_TEXT = """
tem:têm vem:vêm é:são está:estão vai:vão faz:fazem pode:podem deve:devem recebe:recebem pede:pedem
fica:ficam custa:custam dura:duram vale:valem sai:saem precisa:precisam ganha:ganham paga:pagam
trabalha:trabalham tira:tiram usa:usam marca:marcam solicita:solicitam acumula:acumulam
funciona:funcionam começa:começam termina:terminam foi:foram será:serão era:eram cumpre:cumprem
"""
_PLURALS = dict(pair.split(":") for pair in _PAIRS_TEXT.split())
_SINGULARS = {plural: singular for singular, plural in _PLURALS.items()}
_BEFORE = re.compile(
    r"(?:(?P<verb>\w+)(?P<gap>\s+))??(?:(?P<done>\w*(?:ad|id|pag|feit))[oa]s?\s+)?"
    r"(?P<determiner>\w+)\s+$"
)
_AFTER = re.compile(r"^\s+(\w+)")
# "Quem recebe o auxílio?", "quando o servidor recebe o auxílio?": the verb goes with another word.
_OTHER_SUBJECT = re.compile(
    r"(?i)(?<!\bpara )(?<!\bde )(?<!\bcom )(?<!\bpor )\bquem\b|\b(?:o|a|os|as)\b"
)
_SINGULAR_IN_S = frozenset(("ônus", "ônibus", "lápis", "vírus", "campus", "status", "bônus"))


def put_in(before: str, span: tuple[int, int], new: str, determiner: str) -> str:
    """Return a question with ``new`` in place of a span, articles and common verbs in agreement.

    ``determiner`` is the article, or preposition and article, that came with the new noun; empty
    where none did: its number is then told by its ending.
    """
    start, end = span
    head, tail = before[:start], before[end:]
    found = _BEFORE.search(head, max(0, start - _NEAR))
    written = found["determiner"] if found else ""
    known = _PLACES.get(written.lower())
    if found is None or known is None:
        return head + new + tail
    row, old = known
    place = _form(old, new, determiner)
    told = row[place]
    agreed = told[:1].upper() + told[1:] if written[:1].isupper() else told
    around = head[: found.start("determiner")], tail
    if row == _DETERMINERS[0]:
        around = _with_verbs(found, around, old, place)
    return f"{around[0]}{agreed} {new}{around[1]}"


def _form(old: int, new: str, determiner: str) -> int:
    known = _PLACES.get(determiner.lower())
    if known is not None:
        return known[1]
    first = new.split(maxsplit=1)[0]
    if first.isupper() or first.lower() in _SINGULAR_IN_S:
        return old
    return old % _PLURAL + _PLURAL * first.endswith("s")


def _with_verbs(
    found: re.Match[str], around: tuple[str, str], old: int, place: int
) -> tuple[str, str]:
    """Put the verb of which the noun is the subject, and a participle, into its form."""
    opening, tail = found.string[: found.start()], around[1]
    verb, gap, done = (found[name] or "" for name in ("verb", "gap", "done"))
    if (place < _PLURAL) != (old < _PLURAL):
        verbs = _PLURALS if place >= _PLURAL else _SINGULARS
        tail = _AFTER.sub(lambda after: f" {verbs.get(after[1].lower(), after[1])}", tail, count=1)
        if not _OTHER_SUBJECT.search(opening):
            verb = verbs.get(verb.lower(), verb)
    return f"{opening}{verb}{gap}{done and f'{done}{_DETERMINERS[0][place]} '}", tail
