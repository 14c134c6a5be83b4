"""Passages of a document: out of the answers and back, and corrected in a version of their own."""

from uuid import UUID

import sqlalchemy as sa
from api import Api
from published import publish
from signed_in import Person, sign_in
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.models import (
    AuditEvent,
    BackgroundJob,
    Chunk,
    Collection,
    DocumentVersion,
    PersonalDataPolicy,
    Role,
)
from cogep_assist.worker_service.process import drain_once

TEXT = "As férias são de vinte dias por ano.\n\nO crachá fica na portaria."


async def post(who: Person, href: str, **fields: str) -> tuple[int, str]:
    token = who.client.headers["X-CSRF-Token"]
    reply = await who.client.post(href, data={"csrf_token": token, **fields})
    return reply.status_code, reply.text


async def found(who: Person, words: str) -> str:
    return (await who.client.get("/conhecimento/busca", params={"q": words})).text


async def only_chunk(api: Api, document: UUID) -> Chunk:
    async with api.database.begin() as session:
        return (await session.scalars(sa.select(Chunk).where(Chunk.document_id == document))).one()


async def test_a_passage_leaves_the_answers_and_is_corrected(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    curator = await sign_in(api, "Caetano Brandão", Role.CURATOR)
    here = f"/documentos/{document}/trechos"
    chunk = await only_chunk(api, document)
    assert "vinte dias" in await found(curator, "dias de férias")
    assert (await post(curator, f"{here}/{chunk.id}/uso", usar="false"))[0] == 303
    assert "vinte dias" not in await found(curator, "dias de férias")
    assert "fora das respostas" in (await curator.client.get(here)).text
    assert (await post(curator, f"{here}/{chunk.id}/uso", usar="true"))[0] == 303
    assert "vinte dias" in await found(curator, "dias de férias")

    right = TEXT.replace("vinte", "trinta")
    assert (await post(curator, f"{here}/{chunk.id}/corrigir", texto=right))[0] == 303
    assert "trinta dias" in await found(curator, "dias de férias")
    assert "vinte dias" not in await found(curator, "dias de férias")
    async with api.database.begin() as session:
        versions = (
            await session.scalars(sa.select(DocumentVersion).order_by(DocumentVersion.number))
        ).all()
        new = (await session.scalars(sa.select(Chunk))).one()
        acts = (
            await session.scalars(
                sa.select(AuditEvent.act).where(AuditEvent.object_type == "document")
            )
        ).all()
        jobs = (await session.scalars(sa.select(BackgroundJob.kind))).all()
    assert [version.text for version in versions] == [TEXT, right]
    assert new.text == right[new.start_offset : new.end_offset]
    assert (versions[0].retired_at is None, versions[1].retired_at) == (False, None)
    assert acts == [
        "document_passage_hidden",
        "document_passage_shown",
        "document_passage_corrected",
    ]
    assert "fill_vectors" in jobs
    # The page that was open shows a passage that is there no more.
    status, told = await post(curator, f"{here}/{chunk.id}/corrigir", texto="Outro")
    assert (status, "Abra os trechos de novo" in told, "Outro" in told) == (404, True, False)
    for wrong in ("", "x" * 8_001, right):
        status, _ = await post(curator, f"{here}/{new.id}/corrigir", texto=wrong)
        assert status in {400, 409}, wrong[:5]


async def test_what_is_typed_obeys_the_collection_and_the_role(api: Api) -> None:
    document = await publish(api.database, TEXT, "Guia")
    chunk = await only_chunk(api, document)
    here = f"/documentos/{document}/trechos/{chunk.id}"
    curator = await sign_in(api, "Caetano Brandão", Role.CURATOR)
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    for act, fields in (("uso", {"usar": "false"}), ("corrigir", {"texto": "Outro"})):
        assert (await post(agent, f"{here}/{act}", **fields))[0] == 403
        stranger = api.anonymous()
        assert (await stranger.post(f"{here}/{act}", data=fields)).status_code == 401
        gone = f"/documentos/{uuid7()}/trechos/{chunk.id}/{act}"
        assert (await post(curator, gone, **fields))[0] == 404
    async with api.database.begin() as session:
        await session.execute(sa.update(Collection).values(personal_data=PersonalDataPolicy.REDACT))
    typed = "Fale com o servidor de CPF 529.982.247-25."
    assert (await post(curator, f"{here}/corrigir", texto=typed))[0] == 303
    assert "529.982.247-25" not in (await only_chunk(api, document)).text


async def test_later_versions_keep_a_passage_out(api: Api, settings: Settings) -> None:
    curator = await sign_in(api, "Caetano Brandão", Role.CURATOR)
    client = await api.client(Role.CURATOR)

    async def send(text: str) -> UUID:
        body = {"text": text, "external_id": "guia", "title": "Guia", "collection": "geral"}
        assert (await client.post("/ingest", json=body)).status_code == 202
        await drain_once(settings, api.database)
        async with api.database.begin() as session:
            return (await session.scalars(sa.select(Chunk.document_id).limit(1))).one()

    old = "O auxílio antigo era de cem reais. " * 24
    new = "As férias são de trinta dias por ano. " * 20
    document = await send(f"{old}\n\n{new}")
    async with api.database.begin() as session:
        chunks = (await session.scalars(sa.select(Chunk).order_by(Chunk.ordinal))).all()
    assert len(chunks) > 1
    here = f"/documentos/{document}/trechos/{chunks[0].id}/uso"
    assert (await post(curator, here, usar="false"))[0] == 303
    await send(f"{old}\n\n{new}\n\nO abono é de um terço.")
    async with api.database.begin() as session:
        hidden = (await session.scalars(sa.select(Chunk.hidden).order_by(Chunk.ordinal))).all()
    assert hidden == [True, *[False] * (len(hidden) - 1)]
    assert "era de cem reais" not in await found(curator, "auxílio antigo")
    assert "trinta dias por ano" in await found(curator, "férias")

    # The whole document goes out, through a version that comes meanwhile, and comes back as it was.
    many = "/conhecimento/lote"
    assert (await post(curator, many, acao="ocultar", marcado=str(document)))[0] == 303
    assert "trinta dias por ano" not in await found(curator, "férias")
    await send(f"{old}\n\n{new}\n\nO abono é de dois terços.")
    assert "trinta dias por ano" not in await found(curator, "férias")
    async with api.database.begin() as session:
        chunk = (await session.scalars(sa.select(Chunk).order_by(Chunk.ordinal.desc()))).first()
    assert chunk is not None
    # None of its passages comes back by itself, nor by being written anew.
    passage = f"/documentos/{document}/trechos"
    assert (await post(curator, f"{passage}/{chunk.id}/uso", usar="true"))[0] == 303
    said = chunk.text + " E mais."
    assert (await post(curator, f"{passage}/{chunk.id}/corrigir", texto=said))[0] == 303
    assert "trinta dias por ano" not in await found(curator, "férias")
    shown = (await curator.client.get(passage)).text
    assert "O documento inteiro está fora das respostas" in shown
    assert "Voltar a usar" not in shown
    assert (await curator.client.get(f"/documentos/{document}/versoes/1")).status_code == 200
    assert (await post(curator, many, acao="mostrar", marcado=str(document)))[0] == 303
    async with api.database.begin() as session:
        hidden = (await session.scalars(sa.select(Chunk.hidden).order_by(Chunk.ordinal))).all()
        acts = await session.scalars(
            sa.select(AuditEvent.act).where(
                AuditEvent.act.in_(["document_hidden", "document_shown"])
            )
        )
        assert acts.all() == ["document_hidden", "document_shown"]
    assert hidden == [True, *[False] * (len(hidden) - 1)]
    assert "trinta dias por ano" in await found(curator, "férias")
