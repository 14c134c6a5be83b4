"""Registrations with the councils of professions, which lead to one person by name."""

import re
from collections.abc import Iterator

from cogep_assist.core.pii.finding import Finding, Kind
from cogep_assist.core.pii.folding import FoldedText

_STATE = r"(?:a[clmp]|ba|ce|df|es|go|m[agst]|p[abeir]|r[jnors]|s[cep]|to)"
# The council first, then state and number in either order.
_REGISTRATION = re.compile(
    rf"[oc](?<![a-z0-9].)(?:(?<=o)ab|(?<=c)(?:rm(?:v)?|rp|ro|rf|rea|rc|reci|ress|refito|rn|au|oren))(?![a-z])"
    rf"(?:[\s/:-]{{0,3}}{_STATE}(?![a-z]))?[\s/:-]{{0,3}}(?:n[ro]?[º°o.]{{0,2}}\s?)?[:\s]?"
    rf"(?P<number>[0-9]{{1,3}}\.[0-9]{{3}}|[0-9]{{3,7}})(?:-?[a-z])?(?:\s?[/-]\s?{_STATE})?(?![a-z0-9])"
)


def find_professions(text: FoldedText) -> Iterator[Finding]:
    """Yield registrations such as OAB/PA 12.345 and CRM 1234-SP, with their council and state."""
    for found in _REGISTRATION.finditer(text.lower):
        value = "".join(filter(str.isalnum, found[0]))
        yield Finding(Kind.PROFESSIONAL_ID, *text.place(*found.span()), value, 0.8)
