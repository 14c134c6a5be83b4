"""Vectors from a real ONNX model, small enough to be made here."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import save_embedder, save_reranker

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.onnx_embedder import OnnxEmbedder

WORDS = {"férias": (2.0, 0.0), "descanso": (1.0, 0.0), "crachá": (0.0, 3.0), "query": (9.0, 9.0)}


async def vectors(folder: Path, *texts: str, **given: Any) -> list[list[float]]:
    embedder = OnnxEmbedder(folder, **given)
    try:
        await embedder.prepare()
        return await embedder.embed(texts)
    finally:
        await embedder.aclose()


async def test_the_mean_of_the_words_has_length_one(tmp_path: Path) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    # The longer text pads the shorter one, which must not change it.
    (alone,) = await vectors(folder, "Férias")
    short, long = await vectors(folder, "Férias", "crachá crachá férias")
    assert alone == pytest.approx([1.0, 0.0])
    assert short == pytest.approx(alone)
    assert long == pytest.approx([2 / np.hypot(2, 6), 6 / np.hypot(2, 6)])


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("pooling_mode_mean_tokens", [2, 3]),
        ("pooling_mode_max_tokens", [2, 3]),
        ("pooling_mode_lasttoken", None),
        ("pooling_mode_cls_token", None),
    ],
)
async def test_the_models_own_pooling_is_used(tmp_path: Path, pooling: str, expected: Any) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS, pooling=pooling)
    if expected is None:
        # [CLS] and [SEP] are zeros in this model: only these poolings look at them alone.
        with pytest.raises(AppError, match="nulo"):
            await vectors(folder, "férias crachá")
        return
    (found,) = await vectors(folder, "férias crachá")
    assert found == pytest.approx(np.array(expected) / np.hypot(*expected))


async def test_prefixes_come_from_the_model_unless_they_are_set(tmp_path: Path) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    plain = OnnxEmbedder(folder)
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "query ", "document": "descanso "}})
    )
    prompted, overruled = OnnxEmbedder(folder), OnnxEmbedder(folder, query_prefix="")
    assert await prompted.embed_query("crachá") != await plain.embed_query("crachá")
    assert await overruled.embed_query("crachá") == await plain.embed_query("crachá")
    assert plain.model != prompted.model
    for embedder in (plain, prompted, overruled):
        await embedder.aclose()


def test_another_model_of_the_same_name_is_another_space(tmp_path: Path) -> None:
    first = OnnxEmbedder(save_embedder(tmp_path / "a" / "modelo", WORDS))
    other = OnnxEmbedder(save_embedder(tmp_path / "b" / "modelo", {**WORDS, "férias": (3.0, 1.0)}))
    assert first.model.startswith("onnx:modelo:")
    assert first.model != other.model


def folder_with(tmp_path: Path, *, missing: str = "", **files: str) -> Path:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    if missing:
        (folder / missing).unlink()
    return folder


async def test_what_is_wrong_with_a_folder_is_told(tmp_path: Path) -> None:
    cases = {
        "onnx_folder_missing": tmp_path / "não-há",
        "onnx_file_missing": folder_with(tmp_path / "1", missing="tokenizer.json"),
        "onnx_model_unfit": folder_with(
            tmp_path / "2", modules__json='[{"type": "sentence_transformers.models.Dense"}]'
        ),
    }
    for code, folder in cases.items():
        with pytest.raises(AppError) as refused:
            OnnxEmbedder(folder)
        assert refused.value.code == code
        assert "?" not in refused.value.message
    broken = folder_with(tmp_path / "3", tokenizer__json="{")
    not_a_model = folder_with(tmp_path / "4", model__onnx="isto não é um modelo")
    reranker = save_reranker(tmp_path / "5", {"férias": 1.0})
    for folder in (broken, not_a_model, reranker):
        with pytest.raises(AppError) as refused:
            await vectors(folder, "férias")
        assert refused.value.code == "onnx_model_unfit"


def test_the_missing_extra_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(AppError) as refused:
        OnnxEmbedder(folder)
    assert refused.value.code == "onnx_extra_missing"
    assert "cogep-assist[onnx]" in refused.value.remedy
