"""Fusion of words and vectors, and the order of a real cross-encoder."""

import numpy as np
import pytest
from onnx_models import save_reranker

from cogep_assist.core.config import load_settings
from cogep_assist.retrieval.fusion import with_similarity
from cogep_assist.retrieval.query_models import query_models
from cogep_assist.retrieval.search import investigate


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_fusion_is_a_weighted_mean_of_scores_made_alike() -> None:
    fused = with_similarity(floats(1.0, 0.5, 0.0), floats(0.70, 0.72, 0.74), 1.0)
    assert fused == pytest.approx([0.5, 0.5, 0.5], abs=1e-4)
    words_alone = with_similarity(floats(1.0, 0.5), floats(0.1, 0.9), 0.0)
    assert words_alone == pytest.approx([1.0, 0.5])


def test_a_passage_without_its_vector_is_an_average_one() -> None:
    fused = with_similarity(floats(0.5, 0.5, 0.5, 0.5), floats(0.1, np.nan, 0.5, 0.9), 1.0)
    assert fused == pytest.approx([0.25, 0.5, 0.5, 0.75])


@pytest.mark.parametrize("cosines", [(np.nan, np.nan), (0.4, 0.4), (0.4, np.nan)])
def test_vectors_that_say_nothing_change_nothing(cosines: tuple[float, float]) -> None:
    assert with_similarity(floats(0.9, 0.2), floats(*cosines)).tolist() == pytest.approx([0.9, 0.2])


async def test_a_reranker_reorders_the_best_and_keeps_the_rest(library, tmp_path) -> None:
    collection = await library.collection("geral")
    texts = [f"Férias férias, caso {n}." for n in range(12)]
    await library.add(collection, *texts, "Sobre férias: a regra vigente está aqui, por extenso.")
    folder = save_reranker(tmp_path / "modelo", {"vigente": 9.0, "caso": 1.0})
    for top, seconds, first in ((13, 60.0, True), (13, 1e-9, False), (4, 60.0, False)):
        settings = load_settings(rerank_path=folder, rerank_top=top, rerank_seconds=seconds)
        async with query_models(settings, library.database), library.database.sessions() as session:
            found = await investigate(session, "férias", [collection], k=5)
        assert found.warnings == (() if seconds > 1 else ("search_rerank_away",))
        assert (found.hits[0].text.startswith("Sobre férias")) is first
        scores = [hit.score for hit in found.hits]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == 5
    async with query_models(settings, library.database), library.database.sessions() as session:
        told = await investigate(session, "férias", [collection], k=13, explain=True)
    assert [sorted(hit.legs.keys() & {"fusion", "rerank"}) for hit in told.hits] == [
        *[["fusion", "rerank"]] * 4,
        *[["fusion"]] * 9,
    ]


async def test_a_reranker_that_cannot_work_costs_a_warning(library, tmp_path) -> None:
    collection = await library.collection("geral")
    await library.add(collection, "Férias de trinta dias.", "Férias coletivas.")
    settings = load_settings(rerank_path=tmp_path / "não-há")
    async with query_models(settings, library.database), library.database.sessions() as session:
        found = await investigate(session, "férias", [collection])
    assert (len(found.hits), found.warnings) == (2, ("search_rerank_away",))
