"""A local model that tells whether one text follows from another: beside the rules, not above."""

from pathlib import Path
from typing import Any

import numpy as np

from cogep_assist.integrations.onnx_model import OnnxModel


class Entailment:
    """A cross-encoder of pairs (premise, hypothesis) whose ``config.json`` names its classes."""

    def __init__(self, folder: Path) -> None:
        """Raises AppError("onnx_folder_missing"|"onnx_file_missing"|"onnx_extra_missing"|
        "onnx_model_unfit").
        """
        self._model = OnnxModel(folder)
        self._place = _entailing_class(self._model)

    async def probability(self, premise: str, hypothesis: str) -> float:
        """Return how likely the hypothesis follows from the premise, 0 to 1.

        Raises AppError("onnx_model_unfit") where the model gives something else.
        """
        return await self._model.beside(lambda: self._judge(premise, hypothesis))

    def close(self) -> None:
        """Let go of the model."""
        self._model.close()

    def _judge(self, premise: str, hypothesis: str) -> float:
        logits, _ = self._model.run([(premise, hypothesis)])
        if logits.ndim != 2 or logits.shape[1] <= self._place or not np.isfinite(logits).all():
            reason = f"a saída tem a forma {list(logits.shape)}, que não é a de um classificador"
            raise self._model.folder.unfit(reason)
        weights = np.exp(logits[0] - logits[0].max())
        return float(weights[self._place] / weights.sum())


def _entailing_class(model: OnnxModel) -> int:
    labels: Any = model.folder.read_json("config.json").get("id2label")
    if isinstance(labels, dict):
        for place, name in labels.items():
            if str(place).isdigit() and str(name).lower().startswith("entail"):
                return int(place)
    reason = "config.json não nomeia a classe “entailment” em id2label"
    raise model.folder.unfit(reason)
