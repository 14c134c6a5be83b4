"""Markers that stand for personal data in what leaves for a model, and their way back.

``⟦CPF_7F3A_1⟧``: the kind, a nonce of the conversation, one number for each value; a second way of
writing the same value gets ``⟦CPF_7F3A_1.2⟧``, so that each comes back as it was written. This is
pseudonymisation (LGPD, art. 13, par. 4): whoever holds the vault knows who is meant.
"""

import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from cogep_assist.core.pii.finding import TAGS, Finding

OPEN, CLOSE = "⟦", "⟧"
# Stands for a bracket that was in a text before: nobody's marker may be taken for one of ours.
_BRACKET = "COLCHETE"
_NONCE_BYTES = 2
_BRACKETS = re.compile(f"[{OPEN}{CLOSE}]")


@dataclass(frozen=True, slots=True)
class Secret:
    """What one marker stands for: the canonical value, and the surface that comes back."""

    tag: str
    number: int
    variant: int
    value: str
    surface: str

    def name(self, nonce: str) -> str:
        """Return the marker without its brackets."""
        variant = f".{self.variant}" if self.variant > 1 else ""
        return f"{self.tag}_{nonce}_{self.number}{variant}"


@dataclass(slots=True)
class Pseudonyms:
    """The markers of one conversation; the same value gets the same number all through it."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(_NONCE_BYTES).upper())
    secrets: list[Secret] = field(default_factory=list)
    _known: dict[tuple[str, str, str], Secret] = field(default_factory=dict, repr=False)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _counts: Counter[str] = field(default_factory=Counter, repr=False)
    _variants: Counter[tuple[str, int]] = field(default_factory=Counter, repr=False)

    def __post_init__(self) -> None:
        """Learn the secrets that are there already."""
        for secret in self.secrets:
            self._learn(secret)

    def hide(self, text: str, findings: Sequence[Finding]) -> str:
        """Return the text with a marker for each finding; brackets of others are hidden as well.

        Findings are in order and do not overlap.
        """
        return self._marked(text, findings, self._without_brackets)

    def hide_more(self, text: str, findings: Sequence[Finding]) -> str:
        """Return a text that has markers already with one for each finding beside them."""
        return self._marked(text, findings, str)

    def surfaces(self) -> dict[str, str]:
        """Return what each marker, by its name without brackets, stands for."""
        return {secret.name(self.nonce): secret.surface for secret in self.secrets}

    def dump(self) -> bytes:
        """Return all of it as JSON, to be sealed."""
        rows = [[s.tag, s.number, s.variant, s.value, s.surface] for s in self.secrets]
        return json.dumps({"nonce": self.nonce, "secrets": rows}, ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )

    @classmethod
    def load(cls, content: bytes) -> Self:
        """Read what ``dump`` wrote."""
        read = json.loads(content.decode("utf-8", "surrogatepass"))
        return cls(read["nonce"], [Secret(*row) for row in read["secrets"]])

    def _marked(self, text: str, findings: Sequence[Finding], between: Callable[[str], str]) -> str:
        pieces: list[str] = []
        place = 0
        for found in findings:
            pieces.append(between(text[place : found.start]))
            pieces.append(
                self._marker(TAGS[found.kind], found.value, text[found.start : found.end])
            )
            place = found.end
        pieces.append(between(text[place:]))
        return "".join(pieces)

    def _without_brackets(self, text: str) -> str:
        return _BRACKETS.sub(lambda found: self._marker(_BRACKET, found[0], found[0]), text)

    def _marker(self, tag: str, value: str, surface: str) -> str:
        secret = self._known.get((tag, value, surface))
        if secret is None:
            number = self._numbers.get((tag, value)) or self._counts[tag] + 1
            secret = Secret(tag, number, self._variants[tag, number] + 1, value, surface)
            self.secrets.append(secret)
            self._learn(secret)
        return f"{OPEN}{secret.name(self.nonce)}{CLOSE}"

    def _learn(self, secret: Secret) -> None:
        self._known[secret.tag, secret.value, secret.surface] = secret
        self._numbers[secret.tag, secret.value] = secret.number
        self._counts[secret.tag] = max(self._counts[secret.tag], secret.number)
        self._variants[secret.tag, secret.number] = max(
            self._variants[secret.tag, secret.number], secret.variant
        )
