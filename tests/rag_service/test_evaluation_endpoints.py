"""Question sets through their doors, on their schedule, and what measuring them finds."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from api import Api
from published import publish

from cogep_assist.core.models import (
    AuditEvent,
    BackgroundJob,
    BackgroundStatus,
    EvaluationRun,
    QuestionSet,
    Role,
)
from cogep_assist.rag_service.collection_threshold import settle_threshold
from cogep_assist.rag_service.question_set_run import measure_question_set
from cogep_assist.rag_service.question_set_state import EVALUATE
from cogep_assist.worker_service.ticker import tick

PAGES = {
    "https://exemplo.gov.br/ferias": ("Férias", "As férias dos servidores são de trinta dias."),
    "https://exemplo.gov.br/ponto": ("Ponto", "O registro de ponto é feito na catraca do bloco."),
    "https://exemplo.gov.br/laudo": ("Laudo", "O laudo médico é entregue à perícia em Olinda."),
}
BODY = {
    "name": "Atendimento de março",
    "questions": [
        {
            "text": "De quantos dias são as férias dos servidores?",
            "answers": ["trinta dias"],
            "documents": ["https://exemplo.gov.br/ferias"],
        },
        {"text": "Onde é feito o registro de ponto?", "documents": ["Ponto"]},
        {"text": "Qual o preço do hipopótamo lunar?", "impossible": True},
    ],
}


@pytest.fixture(autouse=True)
async def base(api: Api) -> None:
    for address, (title, text) in PAGES.items():
        await publish(api.database, text, title, uri=address)


async def test_a_curator_keeps_measures_repeats_and_removes_a_set(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    once = {"Idempotency-Key": "um"}
    made = await curator.post("/evaluations", json=BODY, headers=once)
    again = await curator.post("/evaluations", json=BODY, headers=once)
    assert (made.status_code, again.json()) == (201, made.json()), made.text
    address = made.headers["Location"]
    detail = (await curator.get(address)).json()
    assert (detail["questions"], detail["collection"], detail["last_run"]) == (3, "geral", None)
    assert [item["impossible"] for item in detail["items"]] == [False, False, True]

    asked = await curator.post(f"{address}/runs")
    assert asked.status_code == 202
    async with api.database.begin() as session:
        kinds = list(await session.scalars(sa.select(BackgroundJob.kind)))
    assert kinds == [EVALUATE]
    waiting = {"status": "waiting", "code": None, "message": None}
    assert (await curator.get(address)).json()["measurement"] == waiting
    async with api.database.begin() as session:
        gone = {"status": BackgroundStatus.FAILED, "error_code": "collection_not_found"}
        await session.execute(sa.update(BackgroundJob).values(error_details={"name": "x"}, **gone))
    failed = (await curator.get(address)).json()["measurement"]
    assert (failed["status"], failed["code"]) == ("failed", "collection_not_found")
    assert "A coleção “x” não existe" in failed["message"]
    async with api.database.begin() as session:
        done = {"status": BackgroundStatus.COMPLETED}
        await session.execute(sa.update(BackgroundJob).values(done))
    assert (await curator.get(address)).json()["measurement"] is None
    steps: list[int] = []
    run_id = await measure_question_set(api.database, UUID(detail["id"]), step=steps.append)
    assert len(steps) == 3

    runs = (await curator.get(f"{address}/runs")).json()["items"]
    assert [run["id"] for run in runs] == [str(run_id)]
    figures = runs[0]["figures"]
    assert (figures["ndcg@10"], figures["queries"]) == (1.0, 2)
    assert figures["answers"]["containment"] == 1.0
    assert figures["answers"]["abstention"] == 1.0
    assert figures["answers"]["citation_validity"] == 1.0
    whole = (await curator.get(f"{address}/runs/{run_id}")).json()
    assert set(whole["questions"]) == {item["id"] for item in detail["items"]}
    assert (await curator.get("/evaluations")).json()["items"][0]["last_run"]["id"] == str(run_id)

    assert (await curator.delete(address)).status_code == 204
    assert (await curator.get(address)).status_code == 404
    assert await measure_question_set(api.database, UUID(detail["id"])) is None
    async with api.database.begin() as session:
        acts = set(await session.scalars(sa.select(AuditEvent.act)))
    assert {"question_set_created", "evaluation_requested", "question_set_removed"} <= acts


async def test_a_set_whose_hour_has_come_is_measured_once(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    made = (await curator.post("/evaluations", json=BODY | {"every_hours": 24})).json()
    async with api.database.begin() as session:
        await tick(session)
    async with api.database.begin() as session:
        await tick(session)
        due = list(
            await session.scalars(
                sa.select(BackgroundJob.subject).where(BackgroundJob.kind == EVALUATE)
            )
        )
        held = await session.get(QuestionSet, UUID(made["id"]))
        now = await session.scalar(sa.select(sa.func.clock_timestamp()))
    assert due == [made["id"]]
    assert held is not None
    assert held.next_due_at is not None
    assert now is not None
    assert 23 < (held.next_due_at - now).total_seconds() / 3600 <= 24
    stopped = await curator.patch(f"/evaluations/{made['id']}", json={"every_hours": None})
    assert (stopped.json()["every_hours"], stopped.json()["next_due_at"]) == (None, None)


async def test_a_document_that_is_not_there_counts_against_the_search(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    question = {"text": "Onde é feito o registro de ponto?", "documents": ["Ponto", "Sumiu"]}
    made = await curator.post("/evaluations", json={"name": "Faltas", "questions": [question]})
    await measure_question_set(api.database, UUID(made.json()["id"]))
    run = (await curator.get(f"/evaluations/{made.json()['id']}/runs")).json()["items"][0]
    assert run["figures"]["recall@5"] == 0.5
    assert run["figures"]["unknown_documents"] == 1


UNMEASURABLE = [
    ({"questions": []}, "request_invalid"),
    ({"name": "  "}, "request_invalid"),
    ({"every_hours": 0}, "request_invalid"),
    ({"collection": "outra"}, "collection_not_found"),
    ({"questions": [{"text": "Quando?"}]}, "question_set_invalid"),
    (
        {"questions": [{"text": "Quando?", "answers": ["já"], "impossible": True}]},
        "question_set_invalid",
    ),
    ({"questions": [{"text": "nulo\x00", "answers": ["a"]}]}, "question_set_invalid"),
]


async def test_what_cannot_be_measured_is_refused(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    for change, code in UNMEASURABLE:
        refused = await curator.post("/evaluations", json=BODY | change)
        assert refused.json()["error"]["code"] == code, (change, code)
        assert (await curator.get("/evaluations")).json()["items"] == [], (change, code)


async def test_a_name_is_given_once_in_a_collection(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    assert (await curator.post("/evaluations", json=BODY)).status_code == 201
    second = await curator.post("/evaluations", json=BODY)
    assert (second.status_code, second.json()["error"]["code"]) == (409, "question_set_exists")


async def test_only_those_who_look_after_the_base_come_in(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    address = (await curator.post("/evaluations", json=BODY)).headers["Location"]
    for role in (Role.AGENT, Role.DPO, Role.REQUESTER):
        client = await api.client(role)
        assert (await client.get("/evaluations")).status_code == 403
        assert (await client.post(f"{address}/runs")).status_code == 403
    assert (await api.anonymous().get("/evaluations")).status_code == 401
    missing = await curator.get(f"/evaluations/{uuid4()}/runs")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "question_set_not_found")
    assert (await curator.get(f"{address}/runs/{uuid4()}")).status_code == 404


async def test_known_questions_move_from_where_on_a_collection_answers(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    address = (await curator.post("/evaluations", json=BODY)).headers["Location"]
    usual = (await curator.get(address)).json()["threshold"]
    assert usual == {"least_confidence": 0.24, "usual": 0.24, "questions": 0}
    doubted = {"question": "Qual o horário do ponto do servidor?"}
    assert (await curator.post("/ask", json=doubted)).json()["abstained"] is False

    set_id = UUID(address.rpartition("/")[2])
    known = {str(n): {"confidence": 0.9, "containment": 1.0, "mrr@10": 1.0} for n in range(50)}
    known |= {f"i{n}": {"confidence": 0.01, "impossible": 1.0} for n in range(50)}
    known |= {f"l{n}": {"confidence": 0.0, "containment": 0.0, "mrr@10": 0.0} for n in range(50)}
    async with api.database.begin() as session:
        session.add(EvaluationRun(set_id=set_id, release="x", figures={}, questions=known))
        await session.flush()
        collection = await session.scalar(sa.select(QuestionSet.collection_id))
        await settle_threshold(session, collection)
    moved = (await curator.get(address)).json()["threshold"]
    assert moved == {"least_confidence": 0.299, "usual": 0.24, "questions": 50}
    assert (await curator.post("/ask", json=doubted)).json()["abstained"] is True

    assert (await curator.delete(address)).status_code == 204
    assert (await curator.post("/ask", json=doubted)).json()["abstained"] is False


async def test_questions_of_a_set_are_kept_one_by_one(api: Api) -> None:
    curator = await api.client(Role.CURATOR)
    address = (await curator.post("/evaluations", json=BODY)).headers["Location"]
    many = f"{address}/questions"
    first = (await curator.get(many, params={"limit": 2})).json()
    rest = (await curator.get(many, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)

    body = {"text": "Onde se entrega o laudo médico?", "answers": ["Olinda"]}
    once = {"Idempotency-Key": "pergunta"}
    made = await curator.post(many, json=body, headers=once)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert (await curator.post(many, json=body, headers=once)).json() == made.json()
    one = made.headers["Location"]
    assert (await curator.get(one)).json() == made.json()
    for wrong in ({}, {"text": " "}, {"text": "Sem nada que se espere?"}):
        assert (await curator.post(many, json=wrong)).status_code == 422

    # What asks something else is another question; whoever read the old one is told.
    stale = {"If-Match": '"7"'}
    changed = body | {"documents": ["Laudo"]}
    assert (await curator.put(one, json=changed, headers=stale)).status_code == 412
    put = await curator.put(one, json=changed, headers={"If-Match": '"1"'})
    assert (put.status_code, put.json()["documents"]) == (200, ["Laudo"])
    assert put.json()["id"] != made.json()["id"]
    for gone in (await curator.get(one), await curator.put(one, json=body)):
        assert gone.json()["error"]["code"] == "set_question_not_found"
    here = put.headers["Location"]
    assert (await curator.delete(here, headers=stale)).status_code == 412
    assert (await curator.delete(here)).status_code == 204
    assert (await curator.delete(here)).status_code == 404
    assert len((await curator.get(many)).json()["items"]) == 3

    missing = f"/evaluations/{uuid4()}/questions"
    assert (await curator.get(missing)).status_code == 404
    assert (await (await api.client(Role.REQUESTER)).get(many)).status_code == 403
    assert (await api.anonymous().get(many)).status_code == 401
    async with api.database.begin() as session:
        acts = set(await session.scalars(sa.select(AuditEvent.act)))
    assert {"question_kept", "set_question_changed", "set_question_removed"} <= acts


async def test_many_questions_are_taken_in_at_once(api: Api, base: None) -> None:
    curator = await api.client(Role.CURATOR)
    made = (await curator.post("/evaluations", json=BODY)).json()
    href = f"/evaluations/{made['id']}/questions/import"
    first = BODY["questions"][0]
    new = {"text": "Quem assina o laudo?", "answers": ["a perícia"]}
    body = {"questions": [first, {**BODY["questions"][1], "answers": ["catraca"]}, new]}
    once = {"Idempotency-Key": "levar-1"}
    for _ in range(2):
        taken = await curator.post(href, json=body, headers=once)
        assert taken.json() == {"added": 1, "changed": 1, "same": 1}, taken.text
    assert (await curator.post(href, json={"questions": []})).status_code == 422
    agent = await api.client(Role.AGENT)
    assert (await agent.post(href, json=body)).status_code == 403
