"""A set of ids by their random halves, that many others are held against at once. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Halves = NDArray[np.uint64]
_BITS = 18
_SHIFT = np.uint64(64 - _BITS)


@dataclass(frozen=True, slots=True)
class OwnerSet:
    """The second halves of ids, sorted, and which beginnings they have."""

    halves: Halves
    beginnings: NDArray[np.bool_]

    @classmethod
    def of(cls, packed: bytes) -> "OwnerSet":
        """Read halves of 8 bytes each, in any order."""
        halves = np.sort(np.frombuffer(packed, "<u8"))
        beginnings = np.zeros(1 << _BITS, dtype=bool)
        beginnings[halves >> _SHIFT] = True
        # What is not known may be anybody's.
        beginnings[0] = True
        return cls(halves, beginnings)

    def may_hold(self, halves: Halves) -> NDArray[np.bool_]:
        """Tell which halves are of the set, and which are not known: zero."""
        found: NDArray[np.bool_] = self.beginnings[(halves >> _SHIFT).astype(np.intp)]
        # Most are told apart by their beginnings; only those that are not are looked up.
        likely = np.flatnonzero(found)
        asked = halves[likely]
        held = asked == 0
        if len(self.halves):
            place = np.minimum(np.searchsorted(self.halves, asked), len(self.halves) - 1)
            held |= self.halves[place] == asked
        found[likely] = held
        return found
