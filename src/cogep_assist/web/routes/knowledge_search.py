"""Test a search: what words, 4-grams, vectors, fusion and reranker put first, side by side."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Request, Response
from pydantic import ValidationError

from cogep_assist.core.principal import Act
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.ingestion_service.collections import list_collections
from cogep_assist.ingestion_service.document_queries import find_document
from cogep_assist.rag_service.question_set_editing import keep_question
from cogep_assist.rag_service.question_set_schemas import SetQuestionBody
from cogep_assist.rag_service.search_explained import FULL, ExplainedSearch, explained_search
from cogep_assist.retrieval.hit import FUSION, RERANK, Hit
from cogep_assist.retrieval.query_models import models_in_use
from cogep_assist.web.knowledge_tabs import knowledge_tabs
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.source_view import passage_href

router = guarded_router(include_in_schema=False)
SHOWN = 8
EXCERPT_CHARS = 200
Weight = Annotated[int, Query(ge=0, le=FULL)]
KEPT_IN = "Casos guardados na busca"
COLUMNS = (
    ("fused", "Tudo junto"),
    ("words", "Palavras"),
    ("grams", "4-gramas"),
    ("vectors", "Vetores"),
)
# Only where a reranker is set; else it is what the first column shows.
BEFORE_RERANK = (FUSION, "Antes do reordenador")


@router.get(
    "/conhecimento/busca",
    dependencies=[rule(Login.SESSION, Act.READ_EVALUATIONS, rate=Rate.ASK)],
)
async def search(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Query(max_length=2000)] = "",
    colecao: Annotated[str, Query(max_length=64)] = "",
    pesos: Annotated[str, Query(max_length=10)] = "",
    palavras: Weight = FULL,
    gramas: Weight = FULL // 2,
    vetores: Weight = FULL,
) -> Response:
    """Show the form, and for a question each leg's ranking."""
    weights = {"words": palavras, "grams": gramas, "vectors": vetores}
    found = None
    if q.strip():
        found = await explained_search(
            session,
            principal,
            q,
            k=SHOWN,
            collection=colecao or None,
            weights=weights if pesos else None,
        )
    visible = await list_collections(session, principal)
    return render(
        request,
        "knowledge/search.html",
        tabs=knowledge_tabs(principal, "/conhecimento/busca"),
        query=q,
        collection=colecao,
        collections=[one.name for one in visible if one.expires_at is None],
        columns=_columns(found) if found else [],
        warnings=found.warnings if found else [],
        weights=weights,
        sliders=[
            (name, words, value)
            for name, words, value in (
                ("palavras", "Palavras", palavras),
                ("gramas", "4-gramas", gramas),
                ("vetores", "Vetores", vetores),
            )
            if name != "vetores" or _makes_vectors()
        ],
        makes_vectors=_makes_vectors(),
        weighed=bool(pesos),
        took_ms=found.took_ms if found else 0,
        may_keep=principal.may(Act.MANAGE_EVALUATIONS),
    )


@router.post(
    "/conhecimento/busca/guardar", dependencies=[rule(Login.SESSION, Act.MANAGE_EVALUATIONS)]
)
async def keep(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    q: Annotated[str, Form(max_length=2000)] = "",
    documento: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Keep a question with the document that is right for it, to be measured from now on."""
    if documento is None:
        raise invalid_field("documento", "diz qual documento é o certo")
    right = await find_document(session, principal, documento)
    try:
        question = SetQuestionBody(text=q, documents=[right.title])
    except ValidationError:
        raise invalid_field("q", "não pode estar vazio") from None
    set_id = await keep_question(
        session, principal, question, name=KEPT_IN, collection=right.collection
    )
    return done(
        f"/conhecimento/avaliacao/{set_id}", "O caso de teste foi guardado.", request=request
    )


def _makes_vectors() -> bool:
    """Tell whether searches of this process have a model of vectors."""
    models = models_in_use()
    return models is not None and models.makes_vectors


def _columns(found: ExplainedSearch) -> list[dict[str, object]]:
    rankings = {"fused": found.fused, **found.legs}
    every = (COLUMNS[0], BEFORE_RERANK, *COLUMNS[1:]) if found.reranked else COLUMNS
    # Without a model a column of its own would only say that there is none.
    columns = [one for one in every if one[0] != "vectors" or _makes_vectors()]
    place = {hit.chunk_id: n for n, hit in enumerate(found.fused, 1)}
    return [
        {
            "key": key,
            "words": words,
            "rows": [_row(hit, key, place.get(hit.chunk_id)) for hit in rankings[key]],
        }
        for key, words in columns
    ]


def _row(hit: Hit, leg: str, fused_place: int | None) -> dict[str, object]:
    text = " ".join(hit.text.split())
    return {
        "title": hit.title,
        "href": passage_href(hit.document_id, hit.version, hit.start, hit.end),
        "excerpt": text[:EXCERPT_CHARS] + ("…" if len(text) > EXCERPT_CHARS else ""),
        "score": hit.score if leg == "fused" else hit.legs.get(leg, 0.0),
        "rerank": hit.legs.get(RERANK) if leg == "fused" else None,
        "fused_place": fused_place,
        "document_id": hit.document_id,
    }
