"""The record of processing and what is made of it: versions, differences, the public notice."""

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Query, Response
from fastapi.responses import JSONResponse

from cogep_assist.core.principal import Act
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal import privacy_notice
from cogep_assist.lgpd_service.record import processing_activities, ropa
from cogep_assist.lgpd_service.record.record_documents import RopaDocument
from cogep_assist.lgpd_service.record.ropa_files import ropa_csv, ropa_pdf
from cogep_assist.lgpd_service.record.ropa_schemas import (
    ActivityBody,
    ActivityList,
    ActivityReply,
    Change,
    Differences,
    Format,
    NoticeReply,
    VersionBody,
    VersionList,
    VersionReply,
)

router = guarded_router(tags=["lgpd"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_ROPA)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_ROPA, idempotent=True)
OPEN = rule(Login.OPEN)
Key = Annotated[str, Path(pattern="^[a-z0-9_-]{1,60}$")]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"model": RopaDocument, "content": {"text/csv": {}, "application/pdf": {}}}
}
# What the database's integer holds: a higher number is no version's.
MOST_VERSIONS = 2**31 - 1
VersionNumber = Annotated[int, Path(ge=1, le=MOST_VERSIONS)]
NEW_OR_SAME: dict[int | str, dict[str, Any]] = {
    201: {"model": VersionReply, "description": "Uma versão nova; 200 quando nada mudou"}
}


@router.get(
    "/lgpd/ropa",
    summary="Dá o registro das operações de tratamento, como está agora",
    response_class=JSONResponse,
    responses=FILES,
    dependencies=[READ],
)
async def record(
    session: SessionDep,
    principal: PrincipalDep,
    format_: Annotated[Format, Query(alias="format")] = "json",
    simplified: Annotated[bool, Query(description="Modelo de agentes de pequeno porte.")] = False,
) -> Response:
    """Give the record."""
    return await as_file(await ropa.compose_ropa(session, principal), format_, simplified)


async def as_file(content: dict[str, Any], format_: Format, simplified: bool) -> Response:
    """Return a record in the form asked for."""
    if format_ == "json":
        return JSONResponse(content)
    if format_ == "csv":
        made: str | bytes = ropa_csv(content)
        media = "text/csv; charset=utf-8"
    else:
        made = await asyncio.to_thread(partial(ropa_pdf, content, simplified=simplified))
        media = "application/pdf"
    name = {"Content-Disposition": f'attachment; filename="ropa.{format_}"'}
    return Response(made, media_type=media, headers=name)


@router.get(
    "/lgpd/ropa/activities",
    summary="Lista as atividades de tratamento",
    dependencies=[READ],
)
async def activities(session: SessionDep, principal: PrincipalDep) -> ActivityList:
    """List activities."""
    found = await processing_activities.list_activities(session, principal)
    return ActivityList(items=[ActivityReply.of(activity) for activity in found])


@router.put(
    "/lgpd/ropa/activities/{name}",
    summary="Confirma, altera ou acrescenta uma atividade",
    dependencies=[MANAGE],
)
async def put_activity(
    door: Door, name: Key, body: ActivityBody, if_match: IfMatchHeader = None
) -> ActivityReply:
    """Say what an activity is."""
    expected = expected_revision(if_match)

    async def work() -> tuple[ActivityReply, bool]:
        activity, new = await processing_activities.put_activity(
            door.session, door.principal, name, body.model_dump(exclude_unset=True), expected
        )
        return ActivityReply.of(activity), new

    return await door.put(ActivityReply, work, body)


@router.delete(
    "/lgpd/ropa/activities/{name}",
    status_code=204,
    summary="Desfaz o que foi dito de uma atividade",
    dependencies=[MANAGE],
)
async def remove_activity(door: Door, name: Key) -> Response:
    """Take back what was said."""

    async def work() -> None:
        await processing_activities.remove_activity(door.session, door.principal, name)

    return await door.remove(work)


@router.post(
    "/lgpd/ropa/versions",
    summary="Guarda o registro como versão, se algo mudou",
    responses=NEW_OR_SAME,
    dependencies=[MANAGE],
)
async def publish(door: Door, body: VersionBody) -> VersionReply:
    """Keep a version."""

    async def work() -> tuple[VersionReply, bool]:
        version, new = await ropa.publish_version(door.session, door.principal, body.note)
        return VersionReply.of(version), new

    return await door.put(VersionReply, work, body)


@router.get("/lgpd/ropa/versions", summary="Lista as versões do registro", dependencies=[READ])
async def versions(session: SessionDep, principal: PrincipalDep) -> VersionList:
    """List versions."""
    found = await ropa.list_versions(session, principal)
    return VersionList(items=[VersionReply.of(version) for version in found])


@router.get(
    "/lgpd/ropa/versions/{number}",
    summary="Dá uma versão do registro",
    response_class=JSONResponse,
    responses=FILES,
    dependencies=[READ],
)
async def version(
    number: VersionNumber,
    session: SessionDep,
    principal: PrincipalDep,
    format_: Annotated[Format, Query(alias="format")] = "json",
    simplified: bool = False,
) -> Response:
    """Give one version."""
    found = await ropa.find_version(session, principal, number)
    return await as_file(found.content, format_, simplified)


@router.get(
    "/lgpd/ropa/versions/{number}/changes",
    summary="Diz o que mudou desde uma versão: até outra, ou até agora",
    dependencies=[READ],
)
async def changes(
    number: VersionNumber,
    session: SessionDep,
    principal: PrincipalDep,
    to: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS)] = None,
) -> Differences:
    """Tell what changed."""
    before = await ropa.find_version(session, principal, number)
    if to is None:
        after = await ropa.compose_ropa(session, principal)
    else:
        after = (await ropa.find_version(session, principal, to)).content
    found = ropa.differences(before.content, after)
    return Differences(items=[Change(**change) for change in found])


@router.get(
    "/lgpd/notice",
    summary="Dá o aviso de privacidade publicado e o contato do encarregado",
    dependencies=[OPEN],
)
async def notice(session: SessionDep) -> NoticeReply:
    """Give the public notice."""
    newest = await privacy_notice.newest_notice(session)
    content = newest.content if newest else await privacy_notice.draft_notice(session)
    return NoticeReply(
        published=VersionReply.of(newest) if newest else None,
        content=content,
        officers=await privacy_notice.current_officers(session),
    )


@router.get(
    "/lgpd/notice/versions",
    summary="Lista as publicações do aviso de privacidade",
    dependencies=[OPEN],
)
async def notices(session: SessionDep) -> VersionList:
    """Give the log of publication."""
    found = await privacy_notice.list_notices(session)
    return VersionList(items=[VersionReply.of(notice) for notice in found])


@router.post(
    "/lgpd/notice/versions",
    summary="Publica o aviso de privacidade, se algo mudou",
    responses=NEW_OR_SAME,
    dependencies=[MANAGE],
)
async def publish_notice(door: Door) -> VersionReply:
    """Publish the notice."""

    async def work() -> tuple[VersionReply, bool]:
        made, new = await privacy_notice.publish_notice(door.session, door.principal)
        return VersionReply.of(made), new

    return await door.put(VersionReply, work, VersionBody())
