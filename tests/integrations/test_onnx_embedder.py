"""Vectors from a real ONNX model, small enough to be made here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
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
    # A graph without its weights, one of fixed size, one that does not know a word of its
    # tokenizer, and a configuration of another form.
    no_weights = save_embedder(tmp_path / "6", WORDS, apart=True)
    (no_weights / "pesos.bin").unlink()
    fixed = save_embedder(tmp_path / "7", WORDS, batch=4)
    unknowing = save_embedder(tmp_path / "8", WORDS, known=3)
    other_form = folder_with(tmp_path / "9", config__json="[1]")
    for folder in (broken, not_a_model, reranker, no_weights, fixed, unknowing, other_form):
        with pytest.raises(AppError) as refused:
            await vectors(folder, "férias")
        assert refused.value.code == "onnx_model_unfit"


async def test_exports_of_other_types_give_the_same_vectors(tmp_path: Path) -> None:
    expected = await vectors(save_embedder(tmp_path / "0", WORDS), "férias crachá crachá")
    ids = save_embedder(tmp_path / "1", WORDS, ids=TensorProto.INT32)
    apart = save_embedder(tmp_path / "2", WORDS, apart=True)
    # The square of this length is more than half precision holds.
    large = {word: tuple(300 * size for size in vector) for word, vector in WORDS.items()}
    half = save_embedder(tmp_path / "3", large, half=True)
    for folder in (ids, apart, half):
        assert await vectors(folder, "férias crachá crachá") == pytest.approx(np.array(expected))


async def test_a_model_replaced_under_a_running_process_changes_nothing_in_it(
    tmp_path: Path,
) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS, apart=True)
    running, late = OnnxEmbedder(folder), OnnxEmbedder(folder)
    before = await running.embed(["férias"])
    weights = folder / "pesos.bin"
    # Written over in place, as by a copy of the new model, and cut short, as at its start.
    weights.write_bytes(bytes(reversed(weights.read_bytes())))
    replaced = OnnxEmbedder(folder)
    assert await running.embed(["férias"]) == before
    assert replaced.model != running.model
    with pytest.raises(AppError, match="inicie de novo"):
        await late.embed(["férias"])
    weights.write_bytes(b"")
    assert await running.embed(["férias"]) == before
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 16}')
    assert OnnxEmbedder(folder).model not in {running.model, replaced.model}
    for embedder in (running, late, replaced):
        await embedder.aclose()


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    (folder / "tokenizer.json").unlink()
    # What nobody can read, the superuser of a container included.
    (folder / "tokenizer.json").symlink_to("/proc/self/mem")
    with pytest.raises(AppError) as refused:
        OnnxEmbedder(folder)
    assert refused.value.code == "onnx_file_unreadable"
    assert str(folder) in refused.value.text


def test_the_runtime_tells_nobody_about_the_model(tmp_path: Path) -> None:
    folder, home = save_embedder(tmp_path / "modelo", WORDS), tmp_path / "casa"
    home.mkdir()
    program = (
        "import sys; from pathlib import Path;"
        "from cogep_assist.integrations.onnx_model import OnnxModel;"
        "OnnxModel(Path(sys.argv[1])).load()"
    )
    # As on a server: under a test's or a pipeline's environment the runtime is quiet by itself.
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    subprocess.run(
        [sys.executable, "-c", program, str(folder)], env={**kept, "HOME": str(home)}, check=True
    )
    # Where it tells, it keeps an identifier of the machine and what is still to be sent.
    assert list(home.rglob("*")) == []


def test_the_missing_extra_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_embedder(tmp_path / "modelo", WORDS)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(AppError) as refused:
        OnnxEmbedder(folder)
    assert refused.value.code == "onnx_extra_missing"
    assert "cogep-assist[onnx]" in refused.value.remedy
