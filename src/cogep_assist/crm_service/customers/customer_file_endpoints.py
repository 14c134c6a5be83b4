"""Customers by the file: import, its lines, applying a trial, taking it back; export."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import (
    CustomerImport,
    CustomerImportLine,
    CustomerKind,
    ImportOutcome,
    OnDuplicate,
)
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_export import (
    ExportOptions,
    export_customers,
    note_export,
)
from cogep_assist.crm_service.customers.customer_import import (
    IMPORT,
    ImportOptions,
    apply_preview,
    find_import,
    list_imports,
    list_lines,
    remap_preview,
    start_import,
)
from cogep_assist.crm_service.customers.customer_import_rollback import roll_back_import
from cogep_assist.crm_service.customers.customer_labels import IMPORT_STATUS, problem_words
from cogep_assist.crm_service.customers.customer_schemas import (
    ImportLinePage,
    ImportLineReply,
    ImportPage,
    ImportReply,
    LineProblem,
)
from cogep_assist.crm_service.customers.customer_search import Filters
from cogep_assist.crm_service.customers.import_columns import ImportColumnsBody
from cogep_assist.crm_service.erased_people import MAX_REASON_CHARS
from cogep_assist.edge.cursors import (
    IdCursor,
    NumberCursor,
    decode_id_cursor,
    decode_number_cursor,
    encode_cursor,
)
from cogep_assist.edge.idempotent import IdempotencyKeyHeader, once
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep

router = guarded_router(tags=["customers"])
SEE = rule(Login.KEY_OR_SESSION, Act.IMPORT_CUSTOMERS)
IMPORTS = rule(Login.KEY_OR_SESSION, Act.IMPORT_CUSTOMERS, rate=Rate.INGEST, idempotent=True)
EXPORT = rule(Login.KEY_OR_SESSION, Act.EXPORT_CUSTOMERS, rate=Rate.ASK)
Limit = Annotated[int, Query(ge=1, le=500)]
ReadmitReason = Annotated[
    str | None,
    Query(
        max_length=MAX_REASON_CHARS,
        description=(
            "Por que pessoas já eliminadas voltam (dever legal, novo pedido da própria pessoa); "
            "sem isto, não são importadas. Exige a permissão de eliminar dados."
        ),
    ),
]
CSV_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "O arquivo CSV, em qualquer codificação e com qualquer separador usual.",
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Os clientes, um por linha",
        "content": {"text/csv": {}, "application/x-ndjson": {}},
    }
}


@router.get(
    "/crm/customers/export",
    summary="Exporta clientes em CSV ou JSON; o ato fica registrado",
    response_class=StreamingResponse,
    responses=EXPORTED,
    dependencies=[EXPORT],
)
async def export(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    format_: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv",
    cpf: Annotated[
        Literal["masked", "whole"], Query(description="whole: o CPF por inteiro, sem máscara.")
    ] = "masked",
    kind: CustomerKind | None = None,
    tag: Annotated[str | None, Query(max_length=100)] = None,
) -> StreamingResponse:
    """Write customers out, page by page."""
    options = ExportOptions(format_, Filters(kind, tag), whole_cpf=cpf == "whole")
    await note_export(session, principal, options)
    media = "text/csv; charset=utf-8" if format_ == "csv" else "application/x-ndjson"
    ending = "csv" if format_ == "csv" else "jsonl"
    return StreamingResponse(
        export_customers(edge_state(request).database, principal, options),
        media_type=media,
        headers={"Content-Disposition": f'attachment; filename="clientes.{ending}"'},
    )


@router.get(
    "/crm/customers/imports",
    response_model=ImportPage,
    summary="Lista importações, da mais nova à mais antiga",
    dependencies=[SEE],
)
async def imports(
    session: SessionDep, principal: PrincipalDep, limit: Limit = 50, cursor: IdCursor = None
) -> ImportPage:
    """List imports."""
    rows, more = await list_imports(
        session, principal, limit=limit, before=decode_id_cursor(cursor)
    )
    return ImportPage(items=[import_reply(row) for row in rows], next_cursor=encode_cursor(more))


@router.post(
    "/crm/customers/imports",
    status_code=202,
    response_model=ImportReply,
    summary="Recebe um CSV de clientes; com dry_run, só mostra o que faria",
    openapi_extra=CSV_BODY,
    dependencies=[IMPORTS],
)
async def start(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    file_name: Annotated[str, Query(max_length=200)] = "clientes.csv",
    mapping: Annotated[
        str | None,
        Query(max_length=20_000, description='JSON: {"coluna do arquivo": "campo"}.'),
    ] = None,
    on_duplicate: OnDuplicate = OnDuplicate.SKIP,
    dry_run: bool = False,
    readmit_reason: ReadmitReason = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Read a file; a worker goes through its lines."""
    _refuse_form(request)
    options = ImportOptions(
        file_name,
        _mapping(mapping),
        on_duplicate,
        dry_run,
        readmit_reason=readmit_reason,
    )
    data = await request.body()

    async def work() -> StoredReply:
        made = await start_import(session, principal, data, options)
        await enqueue_background(session, IMPORT, str(made.id))
        return StoredReply(202, {"id": str(made.id)})

    asked = data + str(request.url.query).encode()
    stored = await once(request, session, principal, idempotency_key, asked, work)
    reply = import_reply(await find_import(session, principal, UUID(stored.reply["id"])))
    response = JSONResponse(reply.model_dump(mode="json"), status_code=202)
    response.headers["Location"] = reply.links["self"]
    return response


@router.get(
    "/crm/customers/imports/{import_id}",
    response_model=ImportReply,
    summary="Mostra uma importação e até onde ela foi",
    dependencies=[SEE],
)
async def show(import_id: UUID, session: SessionDep, principal: PrincipalDep) -> ImportReply:
    """Look at an import."""
    return import_reply(await find_import(session, principal, import_id))


@router.get(
    "/crm/customers/imports/{import_id}/lines",
    response_model=ImportLinePage,
    summary="Lista o que houve com cada linha do arquivo",
    dependencies=[SEE],
)
async def lines(
    import_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    outcome: ImportOutcome | None = None,
    limit: Limit = 100,
    cursor: NumberCursor = None,
) -> ImportLinePage:
    """List lines."""
    after = min(decode_number_cursor(cursor) or 0, 2**31 - 1)
    rows, more = await list_lines(
        session, principal, import_id, outcome=outcome, limit=limit, after=after
    )
    return ImportLinePage(items=[line_reply(row) for row in rows], next_cursor=encode_cursor(more))


@router.post(
    "/crm/customers/imports/{import_id}/columns",
    status_code=202,
    response_model=ImportReply,
    summary="Refaz uma prévia com outras colunas, sem enviar o arquivo de novo",
    dependencies=[IMPORTS],
)
async def remap(door: Door, import_id: UUID, body: ImportColumnsBody) -> ImportReply:
    """Try the file again with other columns."""

    async def work() -> None:
        await remap_preview(
            door.session, door.principal, import_id, body.mapping, body.on_duplicate
        )
        await enqueue_background(door.session, IMPORT, str(import_id))

    await door.do(work, body)
    return import_reply(await find_import(door.session, door.principal, import_id))


@router.post(
    "/crm/customers/imports/{import_id}/apply",
    status_code=202,
    response_model=ImportReply,
    summary="Aplica uma prévia",
    dependencies=[IMPORTS],
)
async def apply(
    request: Request,
    import_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    readmit_reason: ReadmitReason = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> ImportReply:
    """Make a trial the real thing."""

    async def work() -> StoredReply:
        await apply_preview(session, principal, import_id, readmit_reason=readmit_reason)
        await enqueue_background(session, IMPORT, str(import_id))
        return StoredReply(202, {})

    asked = str(request.url.query).encode()
    await once(request, session, principal, idempotency_key, asked, work)
    return import_reply(await find_import(session, principal, import_id))


@router.post(
    "/crm/customers/imports/{import_id}/rollback",
    response_model=ImportReply,
    summary="Desfaz uma importação inteira",
    dependencies=[IMPORTS],
)
async def roll_back(
    request: Request,
    import_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: IdempotencyKeyHeader = None,
) -> ImportReply:
    """Take an import back."""

    async def work() -> StoredReply:
        await roll_back_import(session, principal, import_id)
        return StoredReply(200, {})

    await once(request, session, principal, idempotency_key, b"", work)
    return import_reply(await find_import(session, principal, import_id))


def import_reply(row: CustomerImport) -> ImportReply:
    """Say an import."""
    self = f"/crm/customers/imports/{row.id}"
    return ImportReply(
        id=row.id,
        status=row.status,
        status_label=IMPORT_STATUS[row.status],
        file_name=row.file_name,
        encoding=row.encoding,
        delimiter=row.delimiter,
        mapping=row.mapping,
        on_duplicate=row.on_duplicate,
        dry_run=row.is_dry_run,
        lines_total=row.lines_total,
        lines_done=row.lines_done,
        counts=row.counts,
        created_at=row.created_at,
        finished_at=row.finished_at,
        rolled_back_at=row.rolled_back_at,
        links={"self": self, "lines": f"{self}/lines", "rollback": f"{self}/rollback"},
    )


def line_reply(row: CustomerImportLine) -> ImportLineReply:
    """Say what became of a line."""
    return ImportLineReply(
        line=row.line,
        outcome=row.outcome,
        problems=[
            LineProblem(
                field=p["field"], code=p["code"].partition(":")[0], reason=problem_words(p["code"])
            )
            for p in row.problems
        ],
        customer_id=row.customer_id,
    )


def _refuse_form(request: Request) -> None:
    """Raise AppError("media_type_not_accepted") for an upload in parts: its edges are no lines."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type.startswith("multipart/"):
        expected = "text/csv, com o arquivo inteiro no corpo (no curl, --data-binary @clientes.csv)"
        raise AppError("media_type_not_accepted", content_type=content_type, expected=expected)


def _mapping(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise AppError("import_mapping_invalid", reason="não é JSON") from None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise AppError("import_mapping_invalid", reason="não é um objeto de coluna e campo")
    return found
