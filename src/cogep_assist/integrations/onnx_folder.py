"""The files of a local ONNX model: which they are, that they can be read, and what names them."""

import hashlib
import json
from pathlib import Path
from typing import Any

from cogep_assist.core.errors import AppError

TOKENIZER = "tokenizer.json"
_MODEL_FILES = ("model.onnx", "onnx/model.onnx")
# What says how texts are cut and vectors are joined: with another of them, vectors are others.
_CONFIGURATION = (
    TOKENIZER,
    "tokenizer_config.json",
    "config.json",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
)
# A graph that has its weights inside is larger; it names no other file.
_LARGEST_GRAPH_BYTES = 64 * 1024 * 1024
_SAMPLES = 64
_SAMPLED_BYTES = 64 * 1024


class OnnxFolder:
    """A folder with ``model.onnx``, its weights where they lie apart, and a ``tokenizer.json``."""

    def __init__(self, path: Path) -> None:
        """Raises AppError("onnx_folder_missing"|"onnx_file_missing"|"onnx_file_unreadable"|
        "onnx_model_unfit").
        """
        self.path = path
        try:
            self.model = self._model()
            if not (path / TOKENIZER).is_file():
                raise AppError("onnx_file_missing", folder=str(path), file=TOKENIZER)
            self.weights = self._weights()
            self.fingerprint = self.read_fingerprint()
        except OSError as error:
            raise _unreadable(path, error) from None

    def read_json(self, name: str) -> dict[str, Any]:
        """Return a JSON object of the folder; an empty one where there is none.

        Raises AppError("onnx_model_unfit"|"onnx_file_unreadable").
        """
        found = self._json(name)
        if not isinstance(found, dict):
            raise self.unfit(f"{name} não tem a forma que se espera")
        return found

    def read_modules(self) -> set[str]:
        """Return the kinds of module that ``modules.json`` names: what follows what."""
        found = self._json("modules.json")
        rows = found if isinstance(found, list) else []
        return {
            str(row.get("type", "")).rsplit(".", 1)[-1] for row in rows if isinstance(row, dict)
        }

    def read_fingerprint(self) -> str:
        """Return what tells these files from others that go by the same name.

        Large files are sampled throughout: of a model that was trained further, much stays.
        """
        digest = hashlib.sha256()
        for name in _CONFIGURATION:
            path = self.path / name
            if path.is_file():
                digest.update(name.encode() + path.read_bytes())
        for path in (self.model, *self.weights):
            size = path.stat().st_size
            digest.update(size.to_bytes(8, "big"))
            with path.open("rb") as file:
                for sample in range(_SAMPLES):
                    file.seek(max(size - _SAMPLED_BYTES, 0) * sample // (_SAMPLES - 1))
                    digest.update(file.read(_SAMPLED_BYTES))
        return digest.hexdigest()[:12]

    def unfit(self, reason: str) -> AppError:
        """Return the refusal of this model."""
        return AppError("onnx_model_unfit", folder=str(self.path), reason=reason)

    def _model(self) -> Path:
        if not self.path.is_dir():
            raise AppError("onnx_folder_missing", folder=str(self.path))
        for name in _MODEL_FILES:
            if (self.path / name).is_file():
                return self.path / name
        raise AppError("onnx_file_missing", folder=str(self.path), file=_MODEL_FILES[0])

    def _weights(self) -> list[Path]:
        """Return the files beside the graph that it names as those of its weights."""
        if self.model.stat().st_size > _LARGEST_GRAPH_BYTES:
            return []
        graph = self.model.read_bytes()
        beside = (path for path in sorted(self.model.parent.iterdir()) if path != self.model)
        return [path for path in beside if path.is_file() and path.name.encode() in graph]

    def _json(self, name: str) -> Any:
        path = self.path / name
        try:
            return json.loads(path.read_text("utf-8")) if path.is_file() else {}
        except (ValueError, RecursionError):
            raise self.unfit(f"{name} não é um JSON") from None
        except OSError as error:
            raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> AppError:
    return AppError("onnx_file_unreadable", file=str(error.filename or path))
