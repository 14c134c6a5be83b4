"""Vectors by a local sentence model in the ONNX form, pooled as its own configuration says."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.onnx_model import Encoded, OnnxModel

Vectors = NDArray[np.float32]

MAX_DIMENSIONS = 4000
# A processor gains nothing by more: with 32 short and long texts at once it pads more, took 15 %
# longer, and the runtime kept 460 MB for it, where 8 take 100 (a model of 22 million weights).
_MOST_AT_ONCE = 8
_POOLINGS = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "last",
}
_KNOWN_MODULES = frozenset({"Transformer", "Pooling", "Normalize"})


class OnnxEmbedder:
    """Turn texts into vectors on this machine; nothing leaves it."""

    def __init__(
        self,
        folder: Path,
        *,
        batch: int = 64,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        self._model = OnnxModel(folder)
        self._batch = min(batch, _MOST_AT_ONCE)
        self._pooling = self._read_pooling()
        prompts = self._read_prompts()
        self._query_prefix = prompts[0] if query_prefix is None else query_prefix
        self._passage_prefix = prompts[1] if passage_prefix is None else passage_prefix
        self.model = f"onnx:{folder.name}:{self._model.folder.fingerprint}:{self._passage_prefix}"

    async def prepare(self) -> None:
        """Load the model."""
        await self._model.beside(self._model.load)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector of length 1 per text, in order.

        Raises AppError("onnx_model_unfit") where the model is none of sentences.
        """
        vectors: list[list[float]] = []
        for start in range(0, len(texts), self._batch):
            batch = [self._passage_prefix + text for text in texts[start : start + self._batch]]
            vectors += await self._model.beside(lambda batch=batch: self._embed(batch))  # type: ignore[misc]
        return vectors

    async def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        asked = [self._query_prefix + text]
        return (await self._model.beside(lambda: self._embed(asked)))[0]

    async def aclose(self) -> None:
        """Let go of the model."""
        self._model.close()

    def _embed(self, texts: list[str]) -> list[list[float]]:
        output, given = self._model.run(texts)
        if output.ndim == 3:
            if output.shape[1] != given["attention_mask"].shape[1]:
                raise self._unfit(f"a saída tem a forma {list(output.shape)}")
            output = _pooled(output, given, self._pooling)
        if output.ndim != 2 or not 1 < output.shape[1] <= MAX_DIMENSIONS:
            raise self._unfit(f"a saída tem a forma {list(output.shape)}")
        norms = np.linalg.norm(output, axis=1, keepdims=True)
        if not np.isfinite(output).all() or not norms.all():
            raise self._unfit("um vetor é nulo ou não é finito")
        found: list[list[float]] = (output / norms).astype(np.float32).tolist()
        return found

    def _read_pooling(self) -> str:
        """Return how token vectors become one; the mean where nothing is said."""
        if extra := self._model.folder.read_modules() - _KNOWN_MODULES:
            raise self._unfit(f"o módulo {', '.join(sorted(extra))} não é suportado")
        config = self._model.folder.read_json("1_Pooling/config.json")
        chosen = [name for key, name in _POOLINGS.items() if config.get(key)]
        if len(chosen) > 1 or (config and not chosen):
            raise self._unfit("a forma de juntar os vetores das palavras não é suportada")
        return chosen[0] if chosen else "mean"

    def _read_prompts(self) -> tuple[str, str]:
        config = self._model.folder.read_json("config_sentence_transformers.json")
        prompts = config.get("prompts") or {}
        if not isinstance(prompts, dict):
            raise self._unfit("config_sentence_transformers.json não tem a forma que se espera")
        passage = prompts.get("document", prompts.get("passage", ""))
        return str(prompts.get("query", "")), str(passage)

    def _unfit(self, reason: str) -> AppError:
        return self._model.folder.unfit(reason)


def _pooled(output: Vectors, given: Encoded, pooling: str) -> Vectors:
    mask = given["attention_mask"]
    kept = mask[:, :, None].astype(bool)
    pooled: Vectors
    if pooling == "cls":
        pooled = output[:, 0]
    elif pooling == "last":
        # Counted from the right, because some models pad on the left.
        last = mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)
        pooled = output[np.arange(len(output)), last]
    elif pooling == "max":
        pooled = np.where(kept, output, -np.inf).max(axis=1)
    else:
        total = np.where(kept, output, 0).sum(axis=1)
        pooled = total / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return pooled
