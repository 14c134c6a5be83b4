"""What becomes of personal data in a document, as its collection's policy says.

Between parsing and chunking, so that whatever is stored, indexed, embedded and quoted later is
what the policy lets through.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import PersonalDataPolicy
from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import LABELS, Detector, Finding, Kind, Threshold
from cogep_assist.core.pii.redact import Redaction, redact
from cogep_assist.core.pii.sensitive import SENSITIVE_LABELS, find_sensitive
from cogep_assist.pipeline.parse.document import Block, ParsedDocument

REFUSED = "personal_data_refused"
WARNING = "personal_data_found"
REDACTED = "personal_data_redacted"
# They tell of a case, an organisation or a property, and of a person only beside other data.
_NOBODYS = frozenset(
    {
        Kind.CNPJ,
        Kind.COURT_CASE,
        Kind.ADMINISTRATIVE_CASE,
        Kind.CEP,
        Kind.PROPERTY_CADASTRE,
        Kind.PROPERTY_REGISTRATION,
        Kind.PROPERTY_REGISTRY_CODE,
        Kind.PROPERTY_TAX,
    }
)

_LABELS: dict[str, str] = {
    **{str(kind): label for kind, label in LABELS.items()},
    **{str(category): label for category, label in SENSITIVE_LABELS.items()},
}
_WORDS = {WARNING: "dados pessoais encontrados", REDACTED: "dados pessoais ocultados"}


@dataclass(frozen=True, slots=True)
class Screened:
    """A document fit to be stored, and whether its original bytes may be kept beside it."""

    parsed: ParsedDocument
    title: str
    keeps_original: bool = True


async def screen(
    parsed: ParsedDocument, title: str, policy: PersonalDataPolicy, names: CustomerNames
) -> Screened:
    """Apply a policy to a parsed document and its title.

    Warnings are ``personal_data_found:cpf=2,person=1``. Raises AppError("personal_data_refused").
    """
    if policy is PersonalDataPolicy.ALLOW:
        return Screened(parsed, title)
    detectors = (*PERSONAL, await names.detector())
    return await asyncio.to_thread(_screened, parsed, title, policy, detectors)


def warning_words(warning: str) -> str | None:
    """Return in Portuguese what a warning of ``screen`` says, or None for any other."""
    code, _, told = warning.partition(":")
    if code not in _WORDS:
        return None
    pairs = (each.partition("=") for each in told.split(","))
    return f"{_WORDS[code]}: {_in_words({kind: int(count) for kind, _, count in pairs})}"


def _screened(
    parsed: ParsedDocument, title: str, policy: PersonalDataPolicy, detectors: Sequence[Detector]
) -> Screened:
    match policy:
        case PersonalDataPolicy.REDACT:
            return _redacted(parsed, title, detectors)
        case PersonalDataPolicy.WARN:
            counts = _found(f"{title}\n{parsed.text}", detectors)
            return Screened(_with_warning(parsed, WARNING, counts), title)
        case PersonalDataPolicy.REFUSE:
            counts = _found(f"{title}\n{parsed.text}", detectors)
            if counts:
                raise AppError(REFUSED, kinds=_in_words(counts))
            return Screened(parsed, title)
        case PersonalDataPolicy.ALLOW:
            return Screened(parsed, title)
    assert_never(policy)


def _redacted(parsed: ParsedDocument, title: str, detectors: Sequence[Detector]) -> Screened:
    """Put tags for values. The original would tell what the text no longer does: it is not kept."""
    done = redact(parsed.text, detectors=detectors, keep=_stays)
    blocks = tuple(_moved(parsed.blocks, done))
    counts = Counter({str(kind): count for kind, count in done.counts.items()})
    short = redact(title, detectors=detectors, keep=_stays).text
    document = replace(parsed, text=done.text, blocks=blocks, title=short)
    return Screened(_with_warning(document, REDACTED, counts), short, keeps_original=False)


def _stays(finding: Finding) -> bool:
    """Leave what only might be a name, so that a text remains one, and what is nobody's."""
    doubtful = finding.kind is Kind.PERSON and finding.score < Threshold.REPORT
    return doubtful or finding.kind in _NOBODYS


def _moved(blocks: Sequence[Block], done: Redaction) -> Iterator[Block]:
    """Yield the blocks where they stand now; one that was within a value is gone."""
    for block in blocks:
        start, end = done.place(block.start, after=True), done.place(block.end, after=True)
        if start < end:
            yield replace(block, start=start, end=end)


def _found(text: str, detectors: Sequence[Detector]) -> Counter[str]:
    findings = detect(text, Threshold.REPORT, detectors=detectors)
    counts = Counter(str(each.kind) for each in findings if each.kind not in _NOBODYS)
    counts.update(str(each.category) for each in find_sensitive(text))
    return counts


def _with_warning(parsed: ParsedDocument, code: str, counts: Counter[str]) -> ParsedDocument:
    if not counts:
        return parsed
    told = ",".join(f"{kind}={count}" for kind, count in sorted(counts.items()))
    return replace(parsed, warnings=(*parsed.warnings, f"{code}:{told}"))


def _in_words(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{_LABELS.get(kind, kind)} ({count})" for kind, count in sorted(counts.items())
    )
