"""The whole way of a document, with real bytes, a real child, a real index."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.support.local_web import LocalWeb, local_web, reply

from cogep_assist.core.access import SYSTEM, visible_collections
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    Chunk,
    Document,
    DocumentVersion,
    IngestionJob,
    JobStage,
    JobStatus,
    PersonalDataPolicy,
    Visibility,
)
from cogep_assist.ingestion_service.collections import set_visibility
from cogep_assist.ingestion_service.submission import (
    HeldContent,
    Options,
    file_submission,
    text_submission,
    url_submission,
)
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.retrieval.search import search
from cogep_assist.worker_service.process import drain_once

FERIAS = """# Férias

O servidor tem direito a trinta dias de férias por ano.

## Parcelamento

As férias podem ser parceladas em até três etapas, a pedido de Conceição Araújo.
"""
Ingest = Callable[..., Awaitable[IngestionJob]]


@pytest.fixture
def ingest(database: Database, settings: Settings, parsers: ParserPool) -> Ingest:
    """Submit, drain, and return the job as it ended."""

    async def run(*submissions: Any, installation: Settings | None = None) -> IngestionJob:
        ids = await submit(database, SYSTEM, submissions)
        await drain_once(installation or settings, database, parsers)
        async with database.begin() as session:
            return await session.get_one(IngestionJob, ids[-1])

    return run


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with local_web() as server:
        yield server


def allowing(settings: Settings, web: LocalWeb) -> Settings:
    return settings.model_copy(update={"fetch_allow_hosts": [web.authority]})


async def found(database: Database, question: str) -> list[str]:
    async with database.begin() as session:
        collections = list(await session.scalars(visible_collections(SYSTEM)))
        return [hit.text for hit in await search(session, question, collections)]


async def versions(database: Database) -> list[DocumentVersion]:
    async with database.begin() as session:
        return list(
            await session.scalars(sa.select(DocumentVersion).order_by(DocumentVersion.number))
        )


async def test_a_file_becomes_findable_with_exact_offsets(
    database: Database, settings: Settings, ingest: Ingest
) -> None:
    job = await ingest(
        file_submission("ferias.md", None, HeldContent.of(FERIAS.encode()), Options(), settings)
    )
    assert (job.status, job.error_code, job.progress) == (JobStatus.COMPLETED, None, 100)
    assert {"fetch", "parse", "chunk", "index"} <= set(job.timings_ms)
    (version,) = await versions(database)
    async with database.begin() as session:
        chunks = list(await session.scalars(sa.select(Chunk).order_by(Chunk.ordinal)))
    assert job.chunks == len(chunks) > 0
    for chunk in chunks:
        assert chunk.text == version.text[chunk.start_offset : chunk.end_offset]
    assert "três etapas" in (await found(database, "em quantas etapas parcelar ferias"))[0]


async def test_latin_1_portuguese_is_read_as_it_was_written(
    database: Database, settings: Settings, ingest: Ingest
) -> None:
    data = "A licença-maternidade dura cento e vinte dias, prorrogáveis.".encode("cp1252")
    await ingest(file_submission("licenca.txt", None, HeldContent.of(data), Options(), settings))
    assert await found(database, "licença-maternidade") == [data.decode("cp1252")]


async def test_a_new_version_retires_the_old_in_one_step(
    database: Database, settings: Settings, ingest: Ingest
) -> None:
    options = Options(external_id="manual")
    await ingest(text_submission("O auxílio é de cem reais.", options, settings))
    await ingest(text_submission("O auxílio é de duzentos reais.", options, settings))
    assert await found(database, "valor do auxílio") == ["O auxílio é de duzentos reais."]
    old, new = await versions(database)
    assert (old.number, new.number) == (1, 2)
    assert old.text == "O auxílio é de cem reais."
    assert old.retired_at is not None
    assert new.retired_at is None


async def test_an_unchanged_document_costs_no_reindexing(
    database: Database, settings: Settings, ingest: Ingest
) -> None:
    options = Options(external_id="manual")
    first = await ingest(text_submission("O ponto é registrado às oito horas.", options, settings))
    job = await ingest(text_submission("O ponto é registrado às oito horas.", options, settings))
    assert job.status is JobStatus.COMPLETED
    assert job.warnings == ["unchanged"]
    assert job.chunks == 1
    assert (first.duplicate_of, job.duplicate_of) == (None, first.id)
    # However often it is sent, the original is the one that was written.
    third = await ingest(text_submission("O ponto é registrado às oito horas.", options, settings))
    assert third.duplicate_of == first.id
    assert len(await versions(database)) == 1


async def test_a_page_is_fetched_once_and_asked_for_changes_after(
    database: Database, settings: Settings, ingest: Ingest, web: LocalWeb
) -> None:
    page = "<html lang=pt-BR><title>Ponto</title><p>O banco de horas vence em dezembro.</p></html>"
    web.pages["/ponto"] = reply(
        200, page.encode(), "Content-Type: text/html; charset=utf-8", 'ETag: "v1"'
    )
    installation = allowing(settings, web)
    await ingest(url_submission(web.url("/ponto"), Options()), installation=installation)
    assert await found(database, "quando vence o banco de horas")
    web.pages["/ponto"] = reply(304, b"", 'ETag: "v1"', length=False)
    job = await ingest(url_submission(web.url("/ponto"), Options()), installation=installation)
    assert (job.status, job.warnings) == (JobStatus.COMPLETED, ["unchanged"])
    assert job.duplicate_of is None, "an address is only visited again"
    assert web.hits[-1].headers["if-none-match"] == '"v1"'
    assert len(await versions(database)) == 1


async def test_a_page_takes_no_files_place(
    database: Database, settings: Settings, ingest: Ingest, web: LocalWeb
) -> None:
    table = "Órgão;Prazo\nCOGEP;trinta dias\n".encode()
    web.pages["/prazos.csv"] = reply(200, table, "Content-Type: text/csv")
    installation, url = allowing(settings, web), web.url("/prazos.csv")
    await ingest(url_submission(url, Options()), installation=installation)
    notice = "<!doctype html><title>Aviso</title><p>O sistema está em manutenção.</p>".encode()
    web.pages["/prazos.csv"] = reply(200, notice, "Content-Type: text/html; charset=utf-8")
    job = await ingest(url_submission(url, Options()), installation=installation)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "page_instead_of_file")
    assert await found(database, "qual é o prazo do órgão")
    assert not await found(database, "manutenção")
    # What had no file before is taken, with a warning.
    web.pages["/novo.pdf"] = web.pages["/prazos.csv"]
    job = await ingest(url_submission(web.url("/novo.pdf"), Options()), installation=installation)
    assert job.warnings == ["content_differs_from_extension"]
    web.pages["/novo.pdf"] = reply(200, notice + b"<p>Fim.</p>", "Content-Type: text/html")
    job = await ingest(url_submission(web.url("/novo.pdf"), Options()), installation=installation)
    assert job.status is JobStatus.COMPLETED


async def test_an_internal_address_is_refused_with_its_cause(ingest: Ingest, web: LocalWeb) -> None:
    job = await ingest(url_submission(web.url("/segredo"), Options()))
    assert job.status is JobStatus.FAILED
    assert job.error_code in {"address_not_public", "url_port_not_allowed"}
    assert web.hits == []
    assert job.stage is JobStage.FETCH
    assert "fetch" in job.timings_ms


async def test_a_job_that_ends_after_the_deletion_is_refused(
    database: Database, settings: Settings, parsers: ParserPool, ingest: Ingest
) -> None:
    options = Options(external_id="portaria")
    await ingest(text_submission("A portaria vale até março.", options, settings))
    ids = await submit(
        database, SYSTEM, [text_submission("A portaria vale até abril.", options, settings)]
    )
    async with database.begin() as session:
        await session.execute(sa.delete(Chunk))
        await session.execute(sa.update(Document).values(deleted_at=sa.func.clock_timestamp()))
    await drain_once(settings, database, parsers)
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, ids[0])
    assert (job.status, job.error_code) == (JobStatus.FAILED, "document_deleted_meanwhile")
    assert await found(database, "portaria") == []
    job = await ingest(text_submission("A portaria vale até maio.", options, settings))
    assert job.status is JobStatus.COMPLETED
    assert await found(database, "portaria") == ["A portaria vale até maio."]


async def test_an_old_submission_may_not_overwrite_a_newer_one(
    database: Database, settings: Settings, parsers: ParserPool, ingest: Ingest
) -> None:
    options = Options(external_id="tabela")
    (old,) = await submit(database, SYSTEM, [text_submission("Tabela antiga.", options, settings)])
    async with database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(status=JobStatus.FAILED))
    await ingest(text_submission("Tabela nova.", options, settings))
    async with database.begin() as session:
        await session.execute(
            sa.update(IngestionJob).where(IngestionJob.id == old).values(status=JobStatus.PENDING)
        )
    await drain_once(settings, database, parsers)
    async with database.begin() as session:
        job = await session.get_one(IngestionJob, old)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "superseded_by_newer_submission")
    assert await found(database, "tabela") == ["Tabela nova."]


async def test_a_cancelled_job_stops_while_it_downloads(
    database: Database, settings: Settings, web: LocalWeb
) -> None:
    reached = asyncio.Event()

    async def slow(*_: object) -> None:
        reached.set()
        await asyncio.sleep(30)

    web.pages["/lento"] = slow
    (job_id,) = await submit(database, SYSTEM, [url_submission(web.url("/lento"), Options())])
    draining = asyncio.create_task(drain_once(allowing(settings, web), database))
    await reached.wait()
    async with database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(cancel_requested=True))
    async with asyncio.timeout(10):
        await draining
    async with database.begin() as session:
        assert (await session.get_one(IngestionJob, job_id)).status is JobStatus.CANCELLED


async def test_a_search_that_runs_all_the_while_never_misses_or_mixes(
    database: Database, settings: Settings
) -> None:
    options = Options(external_id="regra")
    texts = [f"A regra do teletrabalho número {n} vale agora." for n in range(12)]
    await submit(database, SYSTEM, [text_submission(texts[0], options, settings)])
    await drain_once(settings, database)
    await submit(database, SYSTEM, [text_submission(text, options, settings) for text in texts[1:]])
    draining = asyncio.create_task(drain_once(settings, database))
    seen: list[UUID | str] = []
    while not draining.done():
        answer = await found(database, "regra do teletrabalho")
        assert len(answer) == 1
        seen.append(answer[0])
    await draining
    assert await found(database, "regra do teletrabalho") == [texts[-1]]
    assert [texts.index(str(text)) for text in seen] == sorted(texts.index(str(t)) for t in seen)


async def test_a_collections_policy_holds_for_what_comes_in_from_then_on(
    database: Database, settings: Settings, ingest: Ingest
) -> None:
    text = "# Contato\n\nFale com Tânia Guimarães Corrêa, CPF 529.982.247-25, sobre férias."
    letter = file_submission(
        "carta.md", None, HeldContent.of(text.encode()), Options(external_id="carta"), settings
    )

    async def under(policy: PersonalDataPolicy) -> IngestionJob:
        async with database.begin() as session:
            await set_visibility(
                session, SYSTEM, "geral", Visibility.INTERNAL, personal_data=policy
            )
        return await ingest(letter)

    refused = await under(PersonalDataPolicy.REFUSE)
    assert (refused.status, refused.error_code) == (JobStatus.FAILED, "personal_data_refused")
    assert "CPF (1), Nome de pessoa (1)" in str(refused.error_details)
    assert await found(database, "férias") == []
    warned = await under(PersonalDataPolicy.WARN)
    assert warned.warnings == ["personal_data_found:cpf=1,person=1"]
    redacted = await under(PersonalDataPolicy.REDACT)
    assert redacted.warnings == ["personal_data_redacted:cpf=1,person=1"]
    assert (await under(PersonalDataPolicy.REDACT)).warnings == ["unchanged"]
    *_, version = await versions(database)
    assert "Fale com [PESSOA], CPF [CPF], sobre férias." in version.text
    assert (version.personal_data, version.blob_id) == (PersonalDataPolicy.REDACT, None)
    async with database.begin() as session:
        for chunk in await session.scalars(sa.select(Chunk)):
            assert chunk.text == version.text[chunk.start_offset : chunk.end_offset]
    assert await found(database, "Tânia Guimarães Corrêa 529.982.247-25") == []
    assert (await under(PersonalDataPolicy.ALLOW)).warnings == []
