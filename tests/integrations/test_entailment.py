"""A local entailment model, made here: what it says, and what it may not overrule."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from chat_server import chat_server
from onnx_models import save_entailment

from cogep_assist.answering.generate import AnswerWriter, WritingEnd, writer_from_settings
from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.entailment import Entailment
from cogep_assist.integrations.transfer_log import Transfer
from cogep_assist.retrieval.hit import Hit

ONE = UUID(int=1)
TEXT = "As férias são de 30 dias. O ponto é eletrônico."
SAID = "As férias são de 30 dias [1]. O ponto é eletrônico [1]. As férias são de 90 dias [1]."


class Records:
    async def record(self, transfer: Transfer) -> None:
        """Nothing is kept."""


async def test_the_named_class_is_read(tmp_path: Path) -> None:
    model = Entailment(save_entailment(tmp_path / "nli", ["ponto"]))
    assert await model.probability("As férias são longas.", "As férias duram.") > 0.7
    assert await model.probability("As férias são longas.", "O ponto é curto.") < 0.1
    model.close()


@pytest.mark.parametrize("labels", [None, {}, {"0": "sim", "1": "não"}, [1]])
def test_a_model_without_the_class_is_refused(tmp_path: Path, labels: object) -> None:
    folder = save_entailment(tmp_path / "nli", ["ponto"])
    (folder / "config.json").write_text(json.dumps({"id2label": labels}))
    with pytest.raises(AppError) as refused:
        Entailment(folder)
    assert refused.value.code == "onnx_model_unfit"


async def test_it_takes_sentences_away_and_gives_none_back(tmp_path: Path) -> None:
    folder = save_entailment(tmp_path / "nli", ["eletrônico"])
    hit = Hit(ONE, ONE, ONE, 1, ONE, "Guia", None, "", None, TEXT, 0, len(TEXT), 1.0)
    async with chat_server() as server:
        server.says(SAID)
        given = {"llm_url": server.url, "llm_model": "m", "llm_provider": "own"}
        writer = writer_from_settings(load_settings(**given, nli_path=folder), Records())
        assert writer is not None
        told = [item async for item in writer.write("Férias?", [hit])]
        await writer.aclose()
    *sentences, end = told
    assert [getattr(sentence, "text", "") for sentence in sentences] == [
        "As férias são de 30 dias."
    ]
    assert isinstance(end, WritingEnd)
    assert (end.told, end.dropped) == (1, 2)


async def test_a_second_check_that_cannot_be_made_refuses_the_answer(tmp_path: Path) -> None:
    given = {"llm_url": "http://127.0.0.1:9", "llm_model": "m", "llm_provider": "own"}
    writer = writer_from_settings(load_settings(**given, nli_path=tmp_path / "falta"), Records())
    assert isinstance(writer, AnswerWriter)
    with pytest.raises(AppError) as refused:
        await anext(writer.write("Férias?", []))
    assert refused.value.code == "onnx_folder_missing"
