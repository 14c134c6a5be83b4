"""A local ONNX model and its tokenizer, loaded when first asked for.

``onnxruntime`` and ``tokenizers`` come with the extra ``onnx`` and are imported here alone, so
that an installation without them pays nothing.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.integrations.onnx_folder import TOKENIZER, OnnxFolder

log = get_logger(__name__)

_DEFAULT_LENGTH = 512
_TYPES = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
    "tensor(bool)": np.bool_,
}
_Result = TypeVar("_Result")
Encoded = dict[str, NDArray[np.int64]]
Numbers = NDArray[np.float32]


class OnnxModel:
    """Run a folder's ``model.onnx`` over texts of its ``tokenizer.json``, beside the event loop."""

    def __init__(self, path: Path) -> None:
        """Raises AppError("onnx_...") where a file or a library is missing or cannot be read."""
        self.folder = OnnxFolder(path)
        self._runtime, self._tokenizers = _libraries()
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        # One at a time: the runtime itself uses every core that it is given.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="onnx")

    async def beside(self, work: Callable[[], _Result]) -> _Result:
        """Do work on the model's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> tuple[Numbers, Encoded]:
        """Return the output that counts for a batch of texts or pairs, and what was put in.

        Raises AppError("onnx_model_unfit"), whatever the model does not get on with.
        """
        session, tokenizer = self.load()
        encodings = tokenizer.encode_batch(list(texts))
        given: Encoded = {
            "input_ids": np.array([one.ids for one in encodings], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encodings], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encodings], dtype=np.int64),
        }
        wanted = {put.name: _TYPES.get(put.type, np.int64) for put in session.get_inputs()}
        if unknown := wanted.keys() - given.keys():
            raise self.folder.unfit(f"o modelo pede a entrada {', '.join(sorted(unknown))}")
        put_in: dict[str, Any] = {
            name: given[name].astype(kind, copy=False) for name, kind in wanted.items()
        }
        output = self._outcome(session, put_in)
        if output.ndim == 0 or len(output) != len(texts):
            shape = f"a saída tem a forma {list(output.shape)} para {len(texts)} textos"
            raise self.folder.unfit(shape)
        return output, given

    def close(self) -> None:
        """Let go of the model and its thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._loaded = None

    def load(self) -> tuple[Any, Any]:
        """Return the session and the tokenizer, read from their files the first time.

        Raises AppError("onnx_model_unfit"), also where the files are no longer those by whose
        fingerprint the vectors go: two models' vectors would mix.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read()
            return self._loaded

    def _read(self) -> tuple[Any, Any]:
        try:
            found = (self._session(), self._tokenizer())
            now = self.folder.read_fingerprint()
        except OSError as error:
            file = str(error.filename or self.folder.path)
            raise AppError("onnx_file_unreadable", file=file) from None
        if now != self.folder.fingerprint:
            raise self.folder.unfit("os arquivos mudaram depois do início; inicie de novo")
        return found

    def _session(self) -> Any:
        options = self._runtime.SessionOptions()
        # What goes wrong is told by the exception.
        options.log_severity_level = 4
        options.intra_op_num_threads = max((os.cpu_count() or 2) // 2, 1)
        # Read, where the runtime would map them: a file that is written over while it is mapped
        # changes the vectors of a running process, and one that is cut short ends it.
        weights = [path.read_bytes() for path in self.folder.weights]
        if weights:
            names = [path.name for path in self.folder.weights]
            sizes = [len(one) for one in weights]
            options.add_external_initializers_from_files_in_memory(names, weights, sizes)
        try:
            session = self._runtime.InferenceSession(
                str(self.folder.model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            raise self._at_fault("o arquivo não pôde ser carregado", error) from None
        fixed = [size for put in session.get_inputs() for size in put.shape if _is_fixed(size)]
        if fixed:
            raise self.folder.unfit("foi exportado com tamanho fixo; exporte-o com lote livre")
        return session

    def _tokenizer(self) -> Any:
        try:
            tokenizer = self._tokenizers.Tokenizer.from_file(str(self.folder.path / TOKENIZER))
        except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
            raise self._at_fault(f"{TOKENIZER} não pôde ser lido", error) from None
        config = self.folder.read_json("tokenizer_config.json")
        tokenizer.enable_truncation(max_length=self._longest(config))
        pad = _pad_token(config)
        number = tokenizer.token_to_id(pad)
        tokenizer.enable_padding(pad_id=number or 0, pad_token=pad)
        return tokenizer

    def _longest(self, tokenizer: Mapping[str, Any]) -> int:
        """Return the most tokens that the model was made for."""
        config = self.folder.read_json("config.json")
        stated = [
            self.folder.read_json("sentence_bert_config.json").get("max_seq_length"),
            tokenizer.get("model_max_length"),
            config.get("max_position_embeddings"),
        ]
        # Tokenizers without a limit state 10^30; RoBERTa's positions begin at 2.
        known = [size for size in stated if isinstance(size, int) and 8 <= size <= 65_536]
        if not known:
            return _DEFAULT_LENGTH
        roberta = "roberta" in str(config.get("model_type", ""))
        return min(known) - (2 if roberta and min(known) % 2 == 0 and min(known) > 512 else 0)

    def _outcome(self, session: Any, put_in: Mapping[str, Any]) -> Numbers:
        names = [output.name for output in session.get_outputs()]
        known = ("sentence_embedding", "logits", "last_hidden_state", "token_embeddings")
        name = next((name for name in known if name in names), names[0])
        try:
            # In half precision, lengths and sums of large numbers are infinite.
            return np.asarray(session.run([name], put_in)[0], dtype=np.float32)
        except Exception as error:  # noqa: BLE001 - the runtime's classes are its own
            raise self._at_fault("o modelo falhou com os textos que recebeu", error) from None

    def _at_fault(self, reason: str, error: Exception) -> AppError:
        """Return a refusal for the reader; the runtime's words are English, for the log."""
        log.warning("onnx_failed", error=type(error).__name__, said=str(error)[:500])
        return self.folder.unfit(f"{reason} ({type(error).__name__})")


def _libraries() -> tuple[Any, Any]:
    # The builds of the runtime tell their maker about each model unless this is set before they
    # are loaded; on Windows, unless they are told so afterwards.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        # Optional, and half a second to load: only where a local model is set.
        import onnxruntime  # noqa: PLC0415
        import tokenizers  # noqa: PLC0415
    except ImportError as error:
        raise AppError("onnx_extra_missing", missing=error.name or "onnxruntime") from None
    onnxruntime.disable_telemetry_events()
    return onnxruntime, tokenizers


def _is_fixed(size: Any) -> bool:
    return isinstance(size, int)


def _pad_token(config: Mapping[str, Any]) -> str:
    token = config.get("pad_token")
    if isinstance(token, dict):
        token = token.get("content")
    return token if isinstance(token, str) else "[PAD]"
