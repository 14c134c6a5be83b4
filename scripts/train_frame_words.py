"""Learn which words of questions seldom stand in what answers them, and write their list.

    python scripts/train_frame_words.py FILE... [--without TITLE...] [--out FILE]

Each FILE has the layout of SQuAD. "Em que ano", "que tipo de", "qual o nome": people frame a
question in words that its answer need not hold. For each stem, how often the paragraph that
answers holds it is compared with how often it holds any word of its question; a few invented cases
pull the rare ones to the mean. A stem counts where several articles ask with it: the others are
their topics. The articles of ``--without`` (those that are scored elsewhere) teach nothing.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cogep_assist.retrieval.portuguese import stem, tokenize, words

OUT = Path(__file__).parents[1] / "src/cogep_assist/answering/frame_words.txt"
INVENTED_CASES = 6
LEAST_QUESTIONS, LEAST_ARTICLES = 6, 4
# A stem held less often than this is one of the frame.
HIGHEST_SHARE = 0.6
# A passage that lacks a word of the frame is to be doubted for it even less than it weighs.
EXPONENT = 1.5


@dataclass
class Seen:
    """In how many questions a stem stood, and for how many of them in the paragraph too."""

    questions: int = 0
    held: int = 0
    articles: set[str] = field(default_factory=set)


def main() -> None:
    """Count, write the list, and print how long it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--without", nargs="*", default=[], help="titles of articles")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    seen = count(options.files, frozenset(options.without))
    factors = learn(seen)
    lines = [f"{name} {factor:.2f}\n" for name, factor in sorted(factors.items())]
    options.out.write_text("".join(lines), encoding="ascii")
    print(f"{len(lines)} of {len(seen)} stems frame questions")


def count(files: Sequence[Path], without: frozenset[str]) -> dict[str, Seen]:
    """Count the stems of all questions that have an answer."""
    seen: dict[str, Seen] = defaultdict(Seen)
    for title, held, question in _questions(files):
        if title in without:
            continue
        for name in set(map(stem, words(question))):
            one = seen[name]
            one.questions += 1
            one.held += name in held
            one.articles.add(title)
    return seen


def learn(seen: dict[str, Seen]) -> dict[str, float]:
    """Return stem -> what is left of its weight, for the stems of the frame."""
    mean = sum(one.held for one in seen.values()) / sum(one.questions for one in seen.values())
    shares = {
        name: (one.held + INVENTED_CASES * mean) / (one.questions + INVENTED_CASES)
        for name, one in seen.items()
        if one.questions >= LEAST_QUESTIONS and len(one.articles) >= LEAST_ARTICLES
    }
    return {
        name: (share / mean) ** EXPONENT
        for name, share in shares.items()
        if share < HIGHEST_SHARE and name.isalpha() and name.isascii()
    }


def _questions(files: Sequence[Path]) -> Iterator[tuple[str, set[str], str]]:
    for file in files:
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                held = set(tokenize(paragraph["context"]))
                for asked in paragraph["qas"]:
                    if not asked.get("is_impossible"):
                        yield article["title"], held, asked["question"]


if __name__ == "__main__":
    main()
