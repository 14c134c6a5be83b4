"""Retention over HTTP: rules, what would go, runs and their approval."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from cogep_assist.core.principal import Act
from cogep_assist.edge.linked_page import Paged
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.erasure.erasure_schemas import (
    RuleBody,
    RuleReply,
    RunReply,
    SimulatedReply,
)
from cogep_assist.lgpd_service.keeping.retention import (
    approve_run,
    list_rules,
    list_runs,
    reject_run,
    set_rule,
    simulate,
)

router = guarded_router(tags=["lgpd"])
LOOK = rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION)
CHANGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_RETENTION, idempotent=True)
ClassName = Annotated[str, Path(pattern="^[a-z_]{1,60}$")]
Days = Annotated[int, Query(ge=0, le=3650, description="Dias à frente.")]


@router.get(
    "/lgpd/retention",
    response_model=list[RuleReply],
    summary="Lista as classes de dados e seus prazos",
    dependencies=[LOOK],
)
async def rules(session: SessionDep, principal: PrincipalDep) -> list[RuleReply]:
    """List classes and terms."""
    return [RuleReply.model_validate(one) for one in await list_rules(session, principal)]


@router.get(
    "/lgpd/retention/simulation",
    response_model=list[SimulatedReply],
    summary="Diz o que some em tantos dias, e o que fica e por quê; nada muda",
    dependencies=[LOOK],
)
async def simulated(
    session: SessionDep, principal: PrincipalDep, days: Days = 30
) -> list[SimulatedReply]:
    """Tell what would go."""
    found = await simulate(session, principal, days)
    return [SimulatedReply.model_validate(one) for one in found]


@router.get(
    "/lgpd/retention/runs",
    response_model=list[RunReply],
    summary="Lista as execuções dos prazos",
    dependencies=[LOOK],
)
async def runs(session: SessionDep, principal: PrincipalDep, page: Paged) -> list[RunReply]:
    """List runs."""
    found = page.cut(await list_runs(session, principal, limit=None), lambda one: one.id)
    return [RunReply.of(one) for one in found]


@router.put(
    "/lgpd/retention/{name}",
    response_model=RuleReply,
    summary="Define o prazo de uma classe",
    dependencies=[CHANGE],
)
async def change(door: Door, name: ClassName, body: RuleBody) -> RuleReply:
    """Set a term."""

    async def work() -> RuleReply:
        told = await set_rule(
            door.session,
            door.principal,
            name,
            days=body.days,
            enabled=body.enabled,
            reference=body.reference,
        )
        return RuleReply.model_validate(told)

    return await door.reply(RuleReply, work, body)


@router.post(
    "/lgpd/retention/runs/{run_id}/approve",
    response_model=RunReply,
    summary="Aprova uma execução; com muitos registros, são duas pessoas",
    dependencies=[CHANGE],
)
async def approve(door: Door, run_id: UUID) -> RunReply:
    """Approve a run."""

    async def work() -> RunReply:
        return RunReply.of(await approve_run(door.session, door.principal, run_id))

    return await door.reply(RunReply, work)


@router.post(
    "/lgpd/retention/runs/{run_id}/reject",
    response_model=RunReply,
    summary="Recusa uma execução",
    dependencies=[CHANGE],
)
async def reject(door: Door, run_id: UUID) -> RunReply:
    """Reject a run."""

    async def work() -> RunReply:
        return RunReply.of(await reject_run(door.session, door.principal, run_id))

    return await door.reply(RunReply, work)
