"""The base: documents with versions, jobs in every state, gaps, sources, measurements."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from uuid_utils.compat import uuid7

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    Collection,
    Document,
    DocumentVersion,
    EvaluationRun,
    FollowedKind,
    FollowedSource,
    Gap,
    IngestionJob,
    JobStage,
    JobStatus,
    Role,
    SetQuestion,
    SourceItem,
    SourceKind,
)
from cogep_assist.core.principal import Principal
from cogep_assist.crm_service.articles.article_draft import draft_from_gap
from cogep_assist.ingestion_service.source_schemas import SourceBody
from cogep_assist.ingestion_service.sources import create_source
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.rag_service.question_set_editing import keep_question
from cogep_assist.rag_service.question_set_schemas import SetQuestionBody
from cogep_assist.rag_service.synonym_schemas import SynonymBody
from cogep_assist.rag_service.synonyms import add_synonym
from page_samples import Sample

TITLE = "Guia de férias"
PAGES = [
    Sample("/conhecimento", "/conhecimento", Role.CURATOR),
    Sample("/conhecimento/enviar", "/conhecimento/enviar", Role.CURATOR),
    Sample("/conhecimento/exemplo", "/conhecimento/exemplo", Role.CURATOR),
    Sample("/conhecimento/fila", "/conhecimento/fila", Role.CURATOR),
    Sample("/conhecimento/lacunas", "/conhecimento/lacunas", Role.CURATOR),
    Sample("/conhecimento/lacunas/{gap_id}", "/conhecimento/lacunas/{gap}", Role.CURATOR),
    Sample("/conhecimento/artigos", "/conhecimento/artigos", Role.CURATOR),
    Sample("/conhecimento/artigos/{article_id}", "/conhecimento/artigos/{article}", Role.CURATOR),
    Sample("/conhecimento/busca", "/conhecimento/busca?q=dias+de+férias", Role.CURATOR),
    Sample("/conhecimento/avaliacao", "/conhecimento/avaliacao", Role.CURATOR),
    Sample("/conhecimento/avaliacao/{set_id}", "/conhecimento/avaliacao/{set}", Role.CURATOR),
    Sample(
        "/conhecimento/avaliacao/{set_id}/perguntas/{question_id}",
        "/conhecimento/avaliacao/{set}/perguntas/{question}",
        Role.CURATOR,
    ),
    Sample("/conhecimento/sinonimos", "/conhecimento/sinonimos", Role.CURATOR),
    Sample(
        "/conhecimento/sinonimos/{synonym_id}", "/conhecimento/sinonimos/{synonym}", Role.CURATOR
    ),
    Sample("/conhecimento/fontes", "/conhecimento/fontes", Role.CURATOR),
    Sample("/conhecimento/fontes/{source_id}", "/conhecimento/fontes/{source}", Role.CURATOR),
    Sample("/documentos/{document_id}/historico", "/documentos/{document}/historico", Role.CURATOR),
    Sample("/documentos/{document_id}/trechos", "/documentos/{document}/trechos", Role.CURATOR),
    Sample(
        "/documentos/{document_id}/versoes/{number}/mudancas",
        "/documentos/{document}/versoes/2/mudancas",
        Role.CURATOR,
    ),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    curator = people[Role.CURATOR]
    async with database.begin() as session:
        document = await session.scalar(sa.select(Document).where(Document.title == TITLE))
        assert document is not None
        session.add(_newer(document))
        session.add_all(_jobs(document.collection_id, document.id))
    async with database.begin() as session:
        await group_gaps(session, "")
        gap = await session.scalar(sa.select(Gap.id).limit(1))
        synonym = await add_synonym(
            session, curator, SynonymBody(phrase="holerite", alternatives=["contracheque"])
        )
        body = SourceBody(kind=FollowedKind.SITEMAP, target="https://exemplo.gov.br/sitemap.xml")
        source = await create_source(session, curator, body, load_settings())
        item = SourceItem(source_id=source.id, name="ferias", document_id=document.id)
        followed = sa.update(FollowedSource).where(FollowedSource.id == source.id)
        await session.execute(followed.values(collection_id=document.collection_id))
        session.add(item)
        collection = await session.get_one(Collection, document.collection_id)
        question = SetQuestionBody(text="Quantos dias de férias?", documents=[TITLE])
        held = await keep_question(
            session, curator, question, name="Férias", collection=collection.name
        )
        session.add_all(_runs(held))
        asked = await session.scalar(sa.select(SetQuestion.id).where(SetQuestion.set_id == held))
        assert gap is not None
        article = await draft_from_gap(session, curator, gap, None)
    return {
        "gap": str(gap),
        "article": str(article.id),
        "source": str(source.id),
        "set": str(held),
        "synonym": str(synonym.id),
        "question": str(asked),
    }


def _newer(document: Document) -> DocumentVersion:
    return DocumentVersion(
        document_id=document.id,
        number=2,
        title=TITLE,
        text="As férias dos servidores são de trinta dias por ano.\n\nHá abono de um terço.",
        content_sha256=b"y",
        parser="text",
        pipeline_release=1,
        media_type="text/plain",
    )


def _jobs(collection: UUID, document: UUID) -> list[IngestionJob]:
    now = datetime.now(UTC)
    times = {"fetch": 420, "parse": 1310, "chunk": 12, "index": 230, "store": 41}

    def job(name: str, **values: object) -> IngestionJob:
        job_id = uuid7()
        return IngestionJob(
            id=job_id,
            source_kind=SourceKind.URL,
            collection_id=collection,
            source_key=f"https://exemplo.gov.br/{job_id}",
            uri=f"https://exemplo.gov.br/{name}",
            submitted_by="system",
            title=name,
            **values,
        )

    finished = {"finished_at": now, "started_at": now - timedelta(seconds=3), "attempts": 1}
    return [
        job("Portaria 12.pdf", status=JobStatus.PENDING),
        job(
            "Edital 2027.pdf",
            status=JobStatus.PROCESSING,
            stage=JobStage.PARSE,
            progress=30,
            attempts=1,
            started_at=now,
            worker_id=uuid7(),
            lease_until=now + timedelta(minutes=5),
            timings_ms={"fetch": 420},
        ),
        job(
            "Guia de férias.html",
            status=JobStatus.COMPLETED,
            stage=JobStage.STORE,
            progress=100,
            timings_ms=times,
            document_id=document,
            chunks=12,
            warnings=["scanned_pages_skipped"],
            **finished,
        ),
        job(
            "Ofício escaneado.pdf",
            status=JobStatus.FAILED,
            stage=JobStage.PARSE,
            timings_ms={"fetch": 900},
            error_code="ocr_unavailable",
            error_details={"reason": "o tesseract não foi encontrado"},
            **finished,
        ),
    ]


def _runs(set_id: UUID) -> list[EvaluationRun]:
    now = datetime.now(UTC)
    return [
        EvaluationRun(
            set_id=set_id,
            release="0.1.0",
            figures={
                "ndcg@10": 0.7 + n / 20,
                "mrr@10": 0.68 + n / 18,
                "recall@5": 0.8 + n / 30,
                "recall@20": 0.9 + n / 50,
            },
            questions={str(uuid7()): {"mrr@10": 1 / (1 + n % 3)}},
            created_at=now - timedelta(days=6 - n),
        )
        for n in range(5)
    ]
