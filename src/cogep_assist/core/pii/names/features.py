"""What the model of names sees of a word: features of words at their distance, and of neighbours.

Features of one word depend on its form alone, so that their weights are summed once per form and
distance; only the few that join neighbours are looked up at each place. A change here asks for the
model to be trained anew (``scripts/train_names.py``), and for another ``RELEASE``.
"""

from collections.abc import Iterator, Sequence

from cogep_assist.core.pii.names.words import Word

RELEASE = 1
# How far around a word the features of others reach.
REACH = 3
_AFFIX_REACH = 1
_CLASS_REACH = 2
NOTHING = Word(0, 0, "", "")


def word_features(lower: str, shape: str, word_class: str, distance: int) -> list[str]:
    """Return what a word says of the place that is ``distance`` words after it, or before."""
    at = f"{distance}"
    if not lower:
        return [f"{at}N"]
    found = [f"{at}w{lower}"]
    if abs(distance) <= _CLASS_REACH:
        found += (f"{at}h{shape}", f"{at}g{word_class}", f"{at}j{shape}{word_class}")
    if abs(distance) <= _AFFIX_REACH and lower[0].isalpha():
        found.append(f"{at}s{lower[-3:]}")
        if distance == 0:
            found += (f"s2{lower[-2:]}", f"s4{lower[-4:]}", f"p{lower[:3]}", f"p4{lower[:4]}")
            found += (f"n{min(len(lower), 12)}", f"v{shape}{lower[-2:]}", f"y{shape}{lower}")
    return found


def joint_features(words: Sequence[Word], classes: Sequence[str]) -> Iterator[list[str]]:
    """Yield, for each word, what it and its neighbours say together."""
    padded = [NOTHING, NOTHING, *words, NOTHING, NOTHING]
    kinds = ["", "", *classes, "", ""]
    for at in range(2, len(words) + 2):
        before2, before, word, after, after2 = padded[at - 2 : at + 3]
        k2, k1, k0, l1, l2 = kinds[at - 2 : at + 3]
        shapes = f"{before.shape}|{word.shape}"
        yield [
            f"a{before.lower}|{word.lower}",
            f"b{word.lower}|{after.lower}",
            f"c{before2.lower}|{before.lower}",
            f"d{after.lower}|{after2.lower}",
            f"e{k1}|{k0}|{shapes}",
            f"f{k0}|{l1}|{word.shape}|{after.shape}",
            f"i{k1}|{k0}|{l1}",
            f"k{before.lower}|{k0}|{word.shape}",
            f"l{word.shape}|{k0}|{after.lower}",
            f"m{before2.lower}|{before.lower}|{k0}{word.shape}",
            f"o{k2}|{k1}|{k0}|{shapes}",
            f"q{before.shape}|{word.shape}|{after.shape}",
            f"r{k0}|{l1}|{l2}|{word.shape}|{after.shape}",
            f"u{before2.shape}|{shapes}|{after.shape}",
        ]
