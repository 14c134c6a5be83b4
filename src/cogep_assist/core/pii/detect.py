"""Detection of personal data in a text: every detector, one threshold, no overlaps."""

from collections.abc import Sequence

from cogep_assist.core.pii.addresses import find_addresses
from cogep_assist.core.pii.columns import find_columns
from cogep_assist.core.pii.devices import find_devices
from cogep_assist.core.pii.encoded import find_encoded
from cogep_assist.core.pii.finding import Detector, Finding, Threshold
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.labelled import find_labelled
from cogep_assist.core.pii.named import find_named
from cogep_assist.core.pii.numbers import find_numbers
from cogep_assist.core.pii.overlap import covering, strongest
from cogep_assist.core.pii.person_names import find_person_names
from cogep_assist.core.pii.professions import find_professions
from cogep_assist.core.pii.spoken import find_spoken
from cogep_assist.core.pii.written import find_written

IDENTIFIERS: tuple[Detector, ...] = (
    find_numbers,
    find_labelled,
    find_written,
    find_addresses,
    find_columns,
    find_spoken,
    find_devices,
    find_professions,
)
# Identifiers and names; a caller adds the names that it knows (``known_names.KnownNames``).
PERSONAL: tuple[Detector, ...] = (*IDENTIFIERS, find_named, find_person_names)


def detect(
    text: str, threshold: Threshold, *, detectors: Sequence[Detector] = IDENTIFIERS
) -> list[Finding]:
    """Return what is personal in a text, in order and without overlaps.

    Places are characters of the text as given. With ``Threshold.EGRESS`` a finding covers
    all that any reading of its place covers; with ``Threshold.REPORT`` it is the surest one.
    """
    found = _found(text, threshold, detectors)
    found += find_encoded(text, lambda inside: _found(inside, threshold, detectors))
    return covering(found) if threshold is Threshold.EGRESS else strongest(found)


def _found(text: str, threshold: Threshold, detectors: Sequence[Detector]) -> list[Finding]:
    folded = FoldedText(text)
    return [
        finding
        for detector in detectors
        for finding in detector(folded)
        if finding.score >= threshold
    ]
