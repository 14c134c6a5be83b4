"""A local ONNX model and its tokenizer, loaded when first asked for.

``onnxruntime`` and ``tokenizers`` come with the extra ``onnx`` and are imported here alone, so
that an installation without them pays nothing.
"""

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cogep_assist.core.errors import AppError

_MODEL_FILES = ("model.onnx", "onnx/model.onnx")
_SAMPLED_BYTES = 1024 * 1024
_DEFAULT_LENGTH = 512
_Result = TypeVar("_Result")
Encoded = dict[str, NDArray[np.int64]]


class OnnxModel:
    """Run a folder's ``model.onnx`` over texts of its ``tokenizer.json``, beside the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = _model_file(folder)
        if not (folder / "tokenizer.json").is_file():
            raise AppError("onnx_file_missing", folder=str(folder), file="tokenizer.json")
        self._runtime, self._tokenizers = _libraries()
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        # One at a time: the runtime itself uses every core that it is given.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="onnx")

    async def beside(self, work: Callable[[], _Result]) -> _Result:
        """Do work on the model's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> tuple[Any, Encoded]:
        """Return the first output for a batch of texts or pairs, and what was put in."""
        session, tokenizer = self.load()
        encodings = tokenizer.encode_batch(list(texts))
        given: Encoded = {
            "input_ids": np.array([one.ids for one in encodings], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encodings], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encodings], dtype=np.int64),
        }
        wanted = {put.name for put in session.get_inputs()}
        if unknown := wanted - given.keys():
            raise AppError("onnx_model_unfit", folder=str(self.folder), reason=_asks(unknown))
        outputs = session.run(None, {name: given[name] for name in wanted})
        return outputs[self._output_place(session)], given

    def read_json(self, name: str) -> Any:
        """Return a JSON file of the folder, or None where there is none."""
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            return json.loads(path.read_text("utf-8"))
        except ValueError:
            raise AppError(
                "onnx_model_unfit", folder=str(self.folder), reason=f"{name} não é um JSON"
            ) from None

    def fingerprint(self) -> str:
        """Return what tells this model from another of the same name."""
        digest = hashlib.sha256()
        for path in (self.file, self.folder / "tokenizer.json"):
            size = path.stat().st_size
            digest.update(size.to_bytes(8, "big"))
            with path.open("rb") as file:
                digest.update(file.read(_SAMPLED_BYTES))
                file.seek(max(size - _SAMPLED_BYTES, 0))
                digest.update(file.read(_SAMPLED_BYTES))
        return digest.hexdigest()[:12]

    def close(self) -> None:
        """Let go of the model and its thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._loaded = None

    def load(self) -> tuple[Any, Any]:
        """Return the session and the tokenizer, read from their files the first time."""
        with self._lock:
            if self._loaded is None:
                self._loaded = (self._session(), self._tokenizer())
            return self._loaded

    def _session(self) -> Any:
        options = self._runtime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = max((os.cpu_count() or 2) // 2, 1)
        try:
            return self._runtime.InferenceSession(
                str(self.file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            # The runtime raises classes of its own making; what they say is in English and long.
            reason = f"o arquivo não pôde ser carregado ({type(error).__name__})"
            raise AppError("onnx_model_unfit", folder=str(self.folder), reason=reason) from None

    def _tokenizer(self) -> Any:
        try:
            tokenizer = self._tokenizers.Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
            reason = f"tokenizer.json não pôde ser lido ({type(error).__name__})"
            raise AppError("onnx_model_unfit", folder=str(self.folder), reason=reason) from None
        tokenizer.enable_truncation(max_length=self._longest())
        pad = _pad_token(self.read_json("tokenizer_config.json"))
        number = tokenizer.token_to_id(pad)
        tokenizer.enable_padding(pad_id=number or 0, pad_token=pad)
        return tokenizer

    def _longest(self) -> int:
        """Return the most tokens that the model was made for."""
        sentence = self.read_json("sentence_bert_config.json") or {}
        tokenizer = self.read_json("tokenizer_config.json") or {}
        config = self.read_json("config.json") or {}
        stated = [
            sentence.get("max_seq_length"),
            tokenizer.get("model_max_length"),
            config.get("max_position_embeddings"),
        ]
        # Tokenizers without a limit state 10^30; RoBERTa's positions begin at 2.
        known = [size for size in stated if isinstance(size, int) and 8 <= size <= 65_536]
        if not known:
            return _DEFAULT_LENGTH
        roberta = "roberta" in str(config.get("model_type", ""))
        return min(known) - (2 if roberta and min(known) % 2 == 0 and min(known) > 512 else 0)

    def _output_place(self, session: Any) -> int:
        names = [output.name for output in session.get_outputs()]
        for name in ("sentence_embedding", "logits", "last_hidden_state", "token_embeddings"):
            if name in names:
                return names.index(name)
        return 0


def _libraries() -> tuple[Any, Any]:
    try:
        # Optional, and half a second to load: only where a local model is set.
        import onnxruntime  # noqa: PLC0415
        import tokenizers  # noqa: PLC0415
    except ImportError as error:
        raise AppError("onnx_extra_missing", missing=error.name or "onnxruntime") from None
    return onnxruntime, tokenizers


def _model_file(folder: Path) -> Path:
    if not folder.is_dir():
        raise AppError("onnx_folder_missing", folder=str(folder))
    for name in _MODEL_FILES:
        if (folder / name).is_file():
            return folder / name
    raise AppError("onnx_file_missing", folder=str(folder), file=_MODEL_FILES[0])


def _pad_token(config: Any) -> str:
    token = config.get("pad_token") if isinstance(config, dict) else None
    if isinstance(token, dict):
        token = token.get("content")
    return token if isinstance(token, str) else "[PAD]"


def _asks(unknown: set[str]) -> str:
    return f"o modelo pede a entrada {', '.join(sorted(unknown))}"
