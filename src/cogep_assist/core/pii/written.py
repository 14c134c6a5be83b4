"""Values that are known by their form: e-mail, Pix key, plate, CNPJ with letters, masked."""

import re
from collections.abc import Iterator
from itertools import combinations

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.pii.announcement import REACH
from cogep_assist.core.pii.check_digits import cpf_checks
from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_AT = re.compile(r"@\s?|[\[({]\s?(?:at|arroba)\s?[\])}]\s?|(?<=\s)arroba\s{1,3}")
# Blanks before the sign, looked at from there: a search for them would stop at every word.
_MOST_BLANKS = {"@": 1, "a": 3}
# Read from the sign backwards: a search forwards would begin at every character before it.
_LOCAL = re.compile(r"[\w+-][\w.%+'&-]*")
_DOT = r"(?:\.\n?|\s(?:ponto|dot)\s)"
_HOST = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_HOST}(?:{_DOT}{_HOST}){{1,6}}|[a-z0-9-]{{2,61}}(?=\s|$|[,;])")
_MOST_LOCAL = 64

# The look back stands after the first character, so that the search can skip to one.
_UUID = re.compile(
    r"[0-9a-fA-FOlISB](?<![0-9A-Za-z].)[0-9a-fA-FOlISB]{7}-[0-9a-fA-FOlISB]{4}-[0-9a-fA-FOlISB]{4}-[0-9a-fA-FOlISB]{4}"
    r"-\n?[0-9a-fA-FOlISB]{12}(?![0-9A-Za-z])"
)
_BARE_UUID = re.compile(r"[0-9a-fA-F](?<![0-9A-Za-z].)[0-9a-fA-F]{31}(?![0-9A-Za-z])")
_PIX_BESIDE = re.compile(r"(?:\bpix|chave|aleatoria)(?:[\s\"'`:=({\[]|pr?a|para|no|e|eh){0,8}\Z")
_PIX = re.compile(r"\bpix\b|\bevp\b|chave|aleatoria")
# Identifiers of machines, in logs and settings.
_MACHINE = re.compile(r"(?:\b(?:guid|uuid|ids?|trace|request|tenant)|id)[\s\"'`:=({\[]{0,6}\Z")
_RANDOM_VERSION = re.compile(r".{14}4.{4}[89abAB]")
_MACHINE_REACH = 16
_LONG = 32

_PLATE = re.compile(
    r"[A-Za-z](?<![0-9A-Za-z].)[A-Za-z]{2}(?:[- ]{0,3}\n?[ -]{0,2})"
    r"[0-9OolISB][0-9A-Za-z][0-9OolISB]{2}(?![0-9A-Za-z])"
)
_PLATE_SAID = re.compile(
    r"\bplacas?\b|\bveiculos?\b|\bcarros?\b|\bmotos?\b|\bmotocicleta|\bcaminhao|\bautomovel"
)

_CNPJ = re.compile(
    r"[0-9A-Za-z](?<![0-9A-Za-z].)[0-9A-Za-z][. \n]?[0-9A-Za-z]{3}[. \n]?[0-9A-Za-z]{3}[/. \n]?"
    r"[0-9A-Za-z]{4}[-. \n]?[0-9OolI]{2}(?![0-9A-Za-z])"
)
_CNPJ_SAID = re.compile(r"\bcnpjs?\b|\bempresa|pessoa juridica|inscrit[ao]|fornecedor")
_CNPJ_DRAWN = re.compile(
    r"\w\w\.\w{3}\.\w{3}[/\n ]\w{4}[-\n ]\w\w|\w\w[.\n]\w{3}[.\n]\w{3}/\w{4}[-\n]\w\w"
)
_NO_SIGN = str.maketrans("", "", ". \n/-")
_DIGITS = str.maketrans("OolISB", "001158")

# A thousands' sign for a full stop, as spreadsheets of another language leave it.
_CPF_WITH_COMMAS = re.compile(r",[0-9]{3},[0-9]{3}[-,/ ]\s?[0-9]{2}(?!\w|,[0-9])")
_FIRST_THREE = re.compile(r"(?<![\w,.])[0-9]{3}\Z")
# Agreement, due date and value of one debt: whoever has it may ask who owes (FEBRABAN).
_SLIP_DRAWN = re.compile(r"[.-](?:(?<=\.)[0-9]{5,6} [0-9]{5}\.|(?<=-)[0-9] [0-9]{11})")
_PAYMENT_SLIP = re.compile(
    r"[0-9](?<![\w.-].)(?:[0-9]{4}\.?[0-9]{5}(?:[ .]?[0-9]{5}\.?[0-9]{6}){2}[ .]?[0-9][ .]?"
    r"[0-9]{14}|[0-9]{10}[- ]?[0-9](?:[ .-]?[0-9]{11}[- ]?[0-9]){3})(?![\w-])"
)

_HIDDEN = "[*xX•●#]"
# A masked number hides at least so many; few texts hold that, and the search is ten times faster.
_HIDDEN_IN_A_ROW = re.compile(f"{_HIDDEN}{{3}}")
_MASKED = re.compile(
    rf"(?<![\w*#])(?:(?P<cpf>{_HIDDEN}{{3}}\.[0-9*xX•●#]{{3}}\.[0-9*xX•●#]{{3}}-(?:{_HIDDEN}{{2}}|[0-9]{{2}})"
    rf"|[0-9]{{3}}\.{_HIDDEN}{{3}}\.{_HIDDEN}{{3}}-[0-9*xX•●#]{{2}})"
    rf"|(?P<card>(?:[0-9]{{4}}[ -]?)?(?:{_HIDDEN}{{4}}[ -]?){{2,3}}[0-9]{{3,4}}))(?![\w*#])"
)


def find_written(text: FoldedText) -> Iterator[Finding]:
    """Yield e-mails, random Pix keys, licence plates, CNPJ with letters and masked numbers."""
    yield from _emails(text)
    yield from _pix_keys(text)
    yield from _plates(text)
    yield from _organisations(text)
    yield from _with_commas(text)
    yield from _in_one_piece(text)
    if not _HIDDEN_IN_A_ROW.search(text.plain):
        return
    for found in _MASKED.finditer(text.plain):
        kind = Kind.CPF if found.lastgroup == "cpf" else Kind.CARD
        yield Finding(kind, *text.place(*found.span()), found[0].upper(), 0.6)


def _in_one_piece(text: FoldedText) -> Iterator[Finding]:
    """Yield what is longer than any word: lines of payment slips, Pix keys without dashes."""
    long = max(map(len, text.plain.split()), default=0) >= _LONG
    if long or _SLIP_DRAWN.search(text.plain):
        for found in _PAYMENT_SLIP.finditer(text.plain):
            value = "".join(filter(str.isdigit, found[0]))
            yield Finding(Kind.PAYMENT_SLIP, *text.place(*found.span()), value, 0.85)
    for found in _BARE_UUID.finditer(text.plain) if long else ():
        before = max(found.start() - _MACHINE_REACH, 0)
        said = _PIX_BESIDE.search(text.lower, before, found.start())
        if said and _RANDOM_VERSION.match(_dashed(found[0])):
            value = _dashed(found[0].lower())
            yield Finding(Kind.PIX_KEY, *text.place(*found.span()), value, 0.85)


def _with_commas(text: FoldedText) -> Iterator[Finding]:
    for rest in _CPF_WITH_COMMAS.finditer(text.plain):
        found = _FIRST_THREE.search(text.plain, max(rest.start() - 4, 0), rest.start())
        if found is None:
            continue
        start, end = found.start(), rest.end()
        digits = "".join(filter(str.isdigit, text.plain[start:end]))
        score = 0.9 if cpf_checks(digits) else 0.5
        yield Finding(Kind.CPF, *text.place(start, end), digits, score)


def _emails(text: FoldedText) -> Iterator[Finding]:
    for at in _AT.finditer(text.lower):
        domain = _DOMAIN.match(text.lower, at.end())
        sign = _start_of_sign(text.lower, at)
        local = _local_part(text.plain[max(sign - _MOST_LOCAL, 0) : sign])
        if not local or not domain:
            continue
        start = sign - len(local)
        # Without a dot it is an address of an intranet, or none.
        dotted = "." in domain[0] or "ponto" in domain[0]
        if not dotted and text.lower[sign : at.end()] != "@":
            continue
        host = re.sub(_DOT, ".", domain[0])
        value = f"{local.lower()}@{host}"
        yield Finding(Kind.EMAIL, *text.place(start, domain.end()), value, 0.95 if dotted else 0.45)


def _start_of_sign(lower: str, at: re.Match[str]) -> int:
    start = at.start()
    for _ in range(_MOST_BLANKS.get(at[0][0], 1)):
        if not lower[start - 1 : start].isspace():
            break
        start -= 1
    return start


def _local_part(before: str) -> str:
    found = _LOCAL.match(before[::-1])
    return found[0][::-1].lstrip("._%+'&-") if found else ""


def _pix_keys(text: FoldedText) -> Iterator[Finding]:
    for found in _UUID.finditer(text.plain):
        said = _PIX.search(text.lower, max(found.start() - REACH, 0), found.start())
        value = "".join(found[0].split()).lower().translate(str.maketrans("ol", "01"))
        before = max(found.start() - _MACHINE_REACH, 0)
        machine = _MACHINE.search(text.lower, before, found.start())
        if machine and not _PIX_BESIDE.search(text.lower, before, found.start()):
            continue
        if said or (_RANDOM_VERSION.match(value) and not machine):
            yield Finding(Kind.PIX_KEY, *text.place(*found.span()), value, 0.95 if said else 0.5)


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def _plates(text: FoldedText) -> Iterator[Finding]:
    for found in _PLATE.finditer(text.plain):
        said = _PLATE_SAID.search(text.lower, max(found.start() - REACH, 0), found.start())
        value = found[0].translate(_NO_SIGN).upper()
        score = _plate_score(found[0], value, said=said is not None)
        if score:
            yield Finding(Kind.LICENCE_PLATE, *text.place(*found.span()), value, score)


def _plate_score(surface: str, value: str, *, said: bool) -> float:
    digits = value[3] + value[5:]
    if said:
        return 0.9
    mercosul = value[4].isalpha() and digits.isdigit() and surface[:3].isupper()
    return 0.5 if mercosul and surface.isalnum() else 0.0


def _organisations(text: FoldedText) -> Iterator[Finding]:
    for found in _CNPJ.finditer(text.plain):
        surface = found[0]
        if surface.translate(_NO_SIGN).isdigit():
            continue
        value = _read_cnpj(surface.translate(_NO_SIGN))
        said = _CNPJ_SAID.search(text.lower, max(found.start() - REACH, 0), found.start())
        score = _organisation_score(surface, proven=value is not None, said=said is not None)
        if score:
            written = value or surface.translate(_NO_SIGN).upper()
            yield Finding(Kind.CNPJ, *text.place(*found.span()), written, score)


def _organisation_score(surface: str, *, proven: bool, said: bool) -> float:
    drawn = _CNPJ_DRAWN.fullmatch(surface) is not None
    digits = sum(map(str.isdigit, surface))
    if proven:
        return (
            0.95 if said else 0.85 if drawn else 0.72 if " " not in surface and digits > 3 else 0.0
        )
    if said and (drawn or (digits > 3 and " " not in surface)):
        return 0.6
    return 0.5 if drawn and digits > 2 else 0.0


def _read_cnpj(characters: str) -> str | None:
    """Return a valid CNPJ as written or with up to two letters read as digits."""
    fixed = characters[:12] + characters[12:].translate(_DIGITS)
    value = normalize_cnpj(fixed)
    if value is not None:
        return value
    if not characters.islower():
        fixed = fixed.replace("l", "1")
    look_alike = [at for at, character in enumerate(fixed[:12]) if character in "OoIl1"[:4]]
    for count in range(3):
        for places in combinations(look_alike[:6], count):
            tried = "".join(
                c.translate(_DIGITS) if at in places else c for at, c in enumerate(fixed)
            )
            value = normalize_cnpj(tried)
            if value is not None:
                return value
    return None
