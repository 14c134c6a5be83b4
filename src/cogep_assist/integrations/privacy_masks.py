"""What hides personal data in what leaves: markers that come back, or tags that do not."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.pii.detect import IDENTIFIERS, PERSONAL, detect
from cogep_assist.core.pii.finding import Detector, Finding, Kind, Threshold
from cogep_assist.core.pii.known_names import KnownNames
from cogep_assist.core.pii.pseudonyms import CLOSE, OPEN, Pseudonyms
from cogep_assist.core.pii.redact import redact
from cogep_assist.core.pii.reveal import Revealer
from cogep_assist.core.pii.sensitive import SENSITIVE_LABELS, categories, find_sensitive
from cogep_assist.integrations.privacy_gateway import Hidden
from cogep_assist.integrations.pseudonym_vault import Vaults

log = get_logger(__name__)

_MARKER = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")


@dataclass(slots=True)
class MarkerMask:
    """Hides what is personal behind the markers of one conversation, and puts it back."""

    names: CustomerNames
    vaults: Vaults
    conversation_id: UUID | None
    sensitive_allowed: bool
    _surfaces: Mapping[str, str] = field(default_factory=dict)

    async def hide(self, texts: Sequence[str]) -> Hidden:
        """Return the texts with markers.

        Raises AppError("privacy_detector_down"|"personal_data_left"|"sensitive_data_refused").
        """
        return await _or_nothing_leaves(self._hide(texts))

    def revealer(self, *, json_text: bool | None = None) -> Revealer:
        """Return what puts back the values behind this conversation's markers."""
        return Revealer(self._surfaces, json_text=json_text)

    async def _hide(self, texts: Sequence[str]) -> Hidden:
        known = await self.names.detector()
        if not self.sensitive_allowed:
            await asyncio.to_thread(_refuse_sensitive, texts)
        async with self.vaults.opened(self.conversation_id) as pseudonyms:
            hidden = await asyncio.to_thread(_marked, texts, pseudonyms, known)
            self._surfaces = pseudonyms.surfaces()
        return hidden


@dataclass(slots=True)
class TagMask:
    """Puts the same tag for every value of a kind, so that vectors stay comparable."""

    names: CustomerNames
    sensitive_allowed: bool

    async def hide(self, texts: Sequence[str]) -> Hidden:
        """Return the texts with tags. Raises as ``MarkerMask.hide``."""
        return await _or_nothing_leaves(self._hide(texts))

    def revealer(self, *, json_text: bool | None = None) -> Revealer:
        """Return what puts nothing back: a tag stands for many values."""
        return Revealer({}, json_text=json_text)

    async def _hide(self, texts: Sequence[str]) -> Hidden:
        known = await self.names.detector()
        if not self.sensitive_allowed:
            await asyncio.to_thread(_refuse_sensitive, texts)
        return await asyncio.to_thread(_tagged, texts, known)


async def _or_nothing_leaves(work: Awaitable[Hidden]) -> Hidden:
    try:
        return await work
    except AppError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever fails here, nothing may leave
        log.warning("privacy_detector_down", error=type(error).__name__)
        raise AppError("privacy_detector_down") from None


def _refuse_sensitive(texts: Sequence[str]) -> None:
    found = categories([each for text in texts for each in find_sensitive(text)])
    if found:
        labels = ", ".join(SENSITIVE_LABELS[category].lower() for category in found)
        raise AppError("sensitive_data_refused", categories=labels)


def _tagged(texts: Sequence[str], known: KnownNames) -> Hidden:
    detectors = (*PERSONAL, known)
    redactions = [redact(text, detectors=detectors) for text in texts]
    counts: Counter[str] = Counter()
    for redaction in redactions:
        counts.update({str(kind): count for kind, count in redaction.counts.items()})
    return Hidden([redaction.text for redaction in redactions], dict(counts))


def _marked(texts: Sequence[str], pseudonyms: Pseudonyms, known: KnownNames) -> Hidden:
    """Hide, look again for what was found, and read what is left.

    1. All detectors, tuned for recall, the names of customers among them.
    2. A name told in one passage is looked for in all the others, where nothing announces it.
    3. An identifier that is still there stops everything.
    """
    counts: Counter[str] = Counter()
    found = [detect(text, Threshold.EGRESS, detectors=(*PERSONAL, known)) for text in texts]
    sent = [pseudonyms.hide(*both) for both in zip(texts, found, strict=True)]
    told = KnownNames(_told_names(texts, found))
    rest = [_left(text, (*IDENTIFIERS, told), Threshold.EGRESS) for text in sent]
    sent = [pseudonyms.hide_more(*both) for both in zip(sent, rest, strict=True)]
    counts.update(str(each.kind) for findings in (*found, *rest) for each in findings)
    if any(_left(text, IDENTIFIERS, Threshold.REPORT) for text in sent):
        raise AppError("personal_data_left")
    return Hidden(sent, dict(counts))


def _told_names(texts: Sequence[str], found: Sequence[Sequence[Finding]]) -> list[str]:
    return [
        text[each.start : each.end]
        for text, findings in zip(texts, found, strict=True)
        for each in findings
        if each.kind is Kind.PERSON and each.score >= Threshold.REPORT
    ]


def _left(text: str, detectors: Sequence[Detector], threshold: Threshold) -> list[Finding]:
    """Return what is found outside markers, which are read as so many dots."""
    marks = [found.span() for found in _MARKER.finditer(text)]
    plain = _MARKER.sub(lambda found: "·" * len(found[0]), text)
    return [
        finding
        for finding in detect(plain, threshold, detectors=detectors)
        if not any(start < finding.end and finding.start < end for start, end in marks)
    ]
