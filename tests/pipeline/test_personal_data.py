"""A collection's policy decides what becomes of personal data in the documents that come in."""

from itertools import pairwise
from typing import Any

import pytest

from cogep_assist.core.customer_names import CustomerNames
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import PersonalDataPolicy
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.parse.document import Block, ParsedDocument
from cogep_assist.pipeline.personal_data import screen, warning_words

TEXT = (
    "Guia de atendimento\n\n"
    "Dúvidas com Tânia Guimarães Corrêa, CPF 529.982.247-25, fone (91) 98765-4321.\n\n"
    "CPF 111.444\n\n777-35\n\n"
    "O prazo é de trinta dias, conforme a Lei nº 13.709/2018."
)
CLEAN = "O prazo é de trinta dias, conforme a Lei nº 13.709/2018."
ALLOW, WARN, REDACT, REFUSE = PersonalDataPolicy


def parsed(text: str) -> ParsedDocument:
    blocks, place = [], 0
    for part in text.split("\n\n"):
        blocks.append(Block("paragraph", place, place + len(part)))
        place += len(part) + 2
    return ParsedDocument(text, "Guia", tuple(blocks), "text/plain")


async def screened(database: Database, text: str, policy: PersonalDataPolicy) -> Any:
    return await screen(parsed(text), "Guia de Tânia Guimarães", policy, CustomerNames(database))


async def test_each_policy_does_what_it_says(database: Database) -> None:
    allowed = await screened(database, TEXT, ALLOW)
    assert (allowed.parsed.text, allowed.parsed.warnings, allowed.keeps_original) == (
        TEXT,
        (),
        True,
    )
    warned = await screened(database, TEXT, WARN)
    assert (warned.parsed.text, warned.title) == (TEXT, "Guia de Tânia Guimarães")
    assert warned.parsed.warnings == ("personal_data_found:cpf=2,person=2,phone=1",)
    assert warning_words(warned.parsed.warnings[0]) == (
        "dados pessoais encontrados: CPF (2), Nome de pessoa (2), Telefone (1)"
    )
    with pytest.raises(AppError) as refused:
        await screened(database, TEXT, REFUSE)
    assert refused.value.code == "personal_data_refused"
    assert "CPF (2)" in refused.value.text
    for policy in PersonalDataPolicy:
        clean = await screen(parsed(CLEAN), "Prazos", policy, CustomerNames(database))
        assert (clean.parsed.text, clean.title, clean.parsed.warnings) == (CLEAN, "Prazos", ())


async def test_a_redacted_text_keeps_its_blocks_and_its_chunks_are_literal(
    database: Database,
) -> None:
    redacted = await screened(database, TEXT, REDACT)
    text = redacted.parsed.text
    assert text == (
        "Guia de atendimento\n\n"
        "Dúvidas com [PESSOA], CPF [CPF], fone [TELEFONE].\n\n"
        "CPF [CPF]\n\n"
        "O prazo é de trinta dias, conforme a Lei nº 13.709/2018."
    )
    assert (redacted.title, redacted.keeps_original) == ("Guia de [PESSOA]", False)
    blocks = redacted.parsed.blocks
    assert [text[block.start : block.end] for block in blocks] == text.split("\n\n")
    assert all(one.end <= two.start for one, two in pairwise(blocks))
    for piece in chunk(redacted.parsed):
        assert "529" not in text[piece.start : piece.end]
