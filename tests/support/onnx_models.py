"""Tiny ONNX models with tokenizers of their own, made in a folder as a real export lies in it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def save_embedder(
    folder: Path,
    vectors: Mapping[str, Sequence[float]],
    *,
    pooling: str | None = None,
    half: bool = False,
    known: int | None = None,
    **form: Any,
) -> Path:
    """Save a model whose token vectors are those given; words that it does not know have zeros.

    Of its words, the model may know fewer than its tokenizer; ``half`` gives them as float16.
    """
    size = len(next(iter(vectors.values())))
    vocabulary = [*SPECIAL, *vectors]
    table = np.zeros((len(vocabulary), size), dtype=np.float32)
    for place, vector in enumerate(vectors.values()):
        table[len(SPECIAL) + place] = vector
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    if half:
        table = table.astype(np.float16)
    output = ("last_hidden_state", ["batch", "tokens", size])
    _save(folder, vocabulary, table[:known], nodes, output, **form)
    if pooling:
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({pooling: True}))
    return folder


def save_reranker(folder: Path, weights: Mapping[str, float]) -> Path:
    """Save a cross-encoder whose logit is the greatest weight of any word of the pair."""
    vocabulary = [*SPECIAL, *weights]
    table = np.zeros((len(vocabulary), 1), dtype=np.float32)
    table[len(SPECIAL) :, 0] = list(weights.values())
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("ReduceMax", ["words"], ["logits"], axes=[1], keepdims=0),
    ]
    _save(folder, vocabulary, table, nodes, ("logits", ["batch", 1]))
    return folder


def save_entailment(folder: Path, contradicting: Sequence[str]) -> Path:
    """Save a classifier that finds entailment unless a word of the pair contradicts."""
    vocabulary = [*SPECIAL, *contradicting]
    table = np.zeros((len(vocabulary), 3), dtype=np.float32)
    table[: len(SPECIAL), 2] = 2.0
    table[len(SPECIAL) :, 0] = 9.0
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("ReduceMax", ["words"], ["logits"], axes=[1], keepdims=0),
    ]
    _save(folder, vocabulary, table, nodes, ("logits", ["batch", 3]))
    labels = {"0": "CONTRADICTION", "1": "neutral", "2": "Entailment"}
    (folder / "config.json").write_text(json.dumps({"id2label": labels}))
    return folder


def _save(
    folder: Path,
    vocabulary: Sequence[str],
    table: np.ndarray[Any, Any],
    nodes: Sequence[Any],
    output: tuple[str, list[Any]],
    *,
    ids: int = TensorProto.INT64,
    batch: str | int = "batch",
    apart: bool = False,
) -> None:
    """Save it with another type of ids, a fixed batch, or its weights in a file apart."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [
        helper.make_tensor_value_info(name, ids, [batch, "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    name, shape = output
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        inputs,
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(table.dtype), shape)],
        [numpy_helper.from_array(table, "table")],
    )
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    onnx.save(
        model,
        folder / "model.onnx",
        save_as_external_data=apart,
        location="pesos.bin",
        size_threshold=0,
    )
    tokenizer = Tokenizer(
        models.WordLevel({word: place for place, word in enumerate(vocabulary)}, "[UNK]")
    )
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"pad_token": "[PAD]", "model_max_length": 32})
    )
