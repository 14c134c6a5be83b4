# /// script
# requires-python = ">=3.11"
# dependencies = ["python-crfsuite==0.9.12", "faker==40.63.0", "numpy>=2.4", "cogep-assist"]
# ///
"""Train the model of names and write the file that the product carries.

    python scripts/train_names.py LENER-BR CENSUS-CSV [--earlier FILE] [--out FILE] [--seed 1]

LENER-BR holds ``train.conll``, ``dev.conll`` and ``test.conll`` (MIT). CENSUS-CSV is the list of
given names of Brazilian censuses (PDDL). Foreign family names come from Faker (MIT). The rest is
made here: ``names_training``. A linear-chain CRF over the features of the product's own
``core.pii.names.features``, L-BFGS with L1 and L2; the test part is looked at once, at the end.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pycrfsuite
from faker.providers.person import de_AT, de_DE, en_US, es_ES, fr_FR, it_IT, nl_NL, pt_BR, pt_PT

sys.path.insert(0, str(Path(__file__).parent))

from cogep_assist.core.brazil.nicknames import NICKNAMES
from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.pii.folding import FoldedText
from cogep_assist.core.pii.names.features import REACH, joint_features, word_features
from cogep_assist.core.pii.names.gazetteer import Gazetteer
from cogep_assist.core.pii.names.model_file import LABELS, ModelContent, read_model, write_model
from cogep_assist.core.pii.names.tagger import Tagger
from cogep_assist.core.pii.names.words import Word, words_of
from cogep_assist.core.pii.person_names import names_in
from names_training import court
from names_training.persons import Persons, read_given, read_surnames
from names_training.texts import PERSON, Marked, Texts

OUT = Path(__file__).parents[1] / "src/cogep_assist/core/pii/names/names.model"

ITERATIONS = 120
_GIVEN_COMMON = (20_000, 1_000)
_FAMILY_COMMON = 120
_FOREIGN = (it_IT, de_DE, de_AT, es_ES, fr_FR, nl_NL, en_US)
_LEAST_WEIGHT = 0.01


def main() -> None:
    """Train, write the file, and print what it reaches on the development and the test part."""
    options = arguments()
    rng = random.Random(options.seed)
    given, family = read_given(options.census), family_names()
    gazetteer = Gazetteer(common_given(given), family)
    texts = list(training_texts(options, given, rng))
    print(f"{len(texts)} texts, {sum(len(each.text) for each in texts) / 1e6:.1f} MB", flush=True)
    content = trained(texts, gazetteer, options)
    if options.earlier:
        content = averaged(content, read_model(options.earlier.read_bytes()))
    file = write_model(replace(content, given=common_given(given), family=family))
    options.out.write_bytes(file)
    print(f"{len(content.features)} features, {len(file) / 1e6:.2f} MB", flush=True)
    tagger = Tagger(read_model(file))
    for part in ("dev", "test"):
        sentences = list(court.sentences(options.lener / f"{part}.conll"))
        for name, case in (("as written", str), ("small letters", str.lower)):
            print(f"LeNER-Br {part}, {name}: {scores(sentences, tagger, case)}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lener", type=Path)
    parser.add_argument("census", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--earlier", type=Path, help="a release to average the weights with")
    parser.add_argument("--texts", type=int, default=13_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--l1", type=float, default=0.12)
    parser.add_argument("--l2", type=float, default=0.01)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    return parser.parse_args()


def family_names() -> dict[str, int]:
    """Return family names with how common they are: of Brazil (3, 2) and of elsewhere (1)."""
    own = read_surnames()
    found = dict.fromkeys(foreign_names(), 1)
    found |= {folded(name): 2 for name in _last_names(pt_PT) + _last_names(pt_BR)}
    return found | {name: 3 if rank < _FAMILY_COMMON else 2 for rank, name in enumerate(own)}


def foreign_names() -> list[str]:
    names = {folded(name) for module in _FOREIGN for name in _last_names(module)}
    return sorted(name for name in names if name.isalpha() and len(name) > 3)


def _last_names(module) -> list[str]:
    return list(module.Provider.last_names)


def folded(name: str) -> str:
    return FoldedText(name).lower


def common_given(given: dict[str, int]) -> dict[str, int]:
    """Return given names with how common they are, from 1 to 3."""
    often, seldom = _GIVEN_COMMON
    borne = {n: 3 if c >= often else 2 if c >= seldom else 1 for n, c in given.items()}
    return dict.fromkeys(NICKNAMES, 2) | borne


def training_texts(
    options: argparse.Namespace, given: dict[str, int], rng: random.Random
) -> Iterator[Marked]:
    persons = Persons(given, read_surnames(), foreign_names(), rng)
    for sentence in court.sentences(options.lener / "train.conll"):
        yield from court.copies(court.as_text(sentence), persons, rng)
    texts = Texts(persons, rng)
    for _ in range(options.texts):
        yield texts.text()


def trained(
    texts: Iterable[Marked], gazetteer: Gazetteer, options: argparse.Namespace
) -> ModelContent:
    """Train a CRF and return its weights; lists of names are left to the caller."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for marked in texts:
        words = words_of(FoldedText(marked.text))
        if words:
            trainer.append(features_of(words, gazetteer), labels_of(words, marked))
    trainer.set_params(
        {
            "c1": options.l1,
            "c2": options.l2,
            "max_iterations": options.iterations,
            "feature.possible_transitions": True,
            "feature.minfreq": 2,
        }
    )
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "names.crfsuite")
        trainer.train(path)
        print(f"trained in {time.monotonic() - began:.0f} s", flush=True)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        return content_of(tagger.info())


def averaged(one: ModelContent, other: ModelContent) -> ModelContent:
    """Return the mean of two models' weights; a feature that one lacks counts as nothing there.

    Two trainings err in other places: their mean is surer than either on texts of neither.
    """
    features = sorted({*one.features, *other.features})
    row = {feature: at for at, feature in enumerate(features)}
    weights = np.zeros((len(features), len(LABELS)), np.float32)
    for model in (one, other):
        weights[[row[feature] for feature in model.features]] += model.weights / 2
    transitions = ((one.transitions + other.transitions) / 2).astype(np.float32)
    return ModelContent(features, weights, transitions, {}, {})


def features_of(words: list[Word], gazetteer: Gazetteer) -> list[list[str]]:
    """Return the features of each word, as the tagger sums them."""
    classes = [gazetteer.word_class(word.lower) for word in words]
    padding = [("", "", "")] * REACH
    forms = [
        *padding,
        *((word.lower, word.shape, kind) for word, kind in zip(words, classes, strict=True)),
        *padding,
    ]
    joint = joint_features(words, classes)
    return [
        [
            feature
            for distance in range(-REACH, REACH + 1)
            for feature in word_features(*forms[at + REACH + distance], distance)
        ]
        + next(joint)
        for at in range(len(words))
    ]


def labels_of(words: list[Word], marked: Marked) -> list[str]:
    """Return the label of each word: B and I in a person's name, N in others, O elsewhere."""
    labels = ["O"] * len(words)
    for mark in marked.marks:
        first = True
        for at, word in enumerate(words):
            if mark.start <= word.start < mark.end:
                labels[at] = "N" if mark.label != PERSON else "B" if first else "I"
                first = False
    return labels


def content_of(info) -> ModelContent:
    weights: dict[str, list[float]] = {}
    for (feature, label), weight in info.state_features.items():
        if abs(weight) >= _LEAST_WEIGHT:
            weights.setdefault(feature, [0.0] * len(LABELS))[LABELS.index(label)] = weight
    features = sorted(weights)
    transitions = np.zeros((len(LABELS), len(LABELS)), np.float32)
    for (one, two), weight in info.transitions.items():
        transitions[LABELS.index(one), LABELS.index(two)] = weight
    rows = np.array([weights[feature] for feature in features], np.float32)
    return ModelContent(features, rows, transitions, {}, {})


def scores(sentences: list[court.Tagged], tagger: Tagger, case) -> str:
    """Return precision, recall and F1 of whole names of persons, sentence by sentence."""
    right = found_all = gold_all = 0
    for sentence in sentences:
        marked = court.as_text([(case(word), tag) for word, tag in sentence])
        gold = {(m.start, m.end) for m in marked.marks if m.label == PERSON}
        found = {
            (each.start, each.end)
            for each in names_in(FoldedText(marked.text), tagger)
            if each.score >= Threshold.REPORT
        }
        right += len(gold & found)
        found_all += len(found)
        gold_all += len(gold)
    precision, recall = right / max(found_all, 1), right / max(gold_all, 1)
    f1 = 2 * right / max(found_all + gold_all, 1)
    return f"precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f} ({gold_all} names)"


if __name__ == "__main__":
    main()
