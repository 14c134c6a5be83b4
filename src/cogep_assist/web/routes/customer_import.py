"""Customers from a CSV, step by step: the file, the columns, a trial, the real thing, and back."""

from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cogep_assist.core.background_work import enqueue_background
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ImportOutcome, ImportStatus, OnDuplicate
from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_fields import list_fields
from cogep_assist.crm_service.customers.customer_import import (
    IMPORT,
    ImportOptions,
    apply_preview,
    find_import,
    import_header,
    list_imports,
    list_lines,
    remap_preview,
    start_import,
)
from cogep_assist.crm_service.customers.customer_import_file import MAX_BYTES
from cogep_assist.crm_service.customers.customer_import_rollback import roll_back_import
from cogep_assist.crm_service.customers.customer_labels import (
    FIELDS,
    IMPORT_OUTCOME,
    IMPORT_STATUS,
    ON_DUPLICATE,
    problem_words,
)
from cogep_assist.crm_service.erased_people import ERASED, PERHAPS_ERASED
from cogep_assist.edge.cursors import decode_number_cursor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.uploads import BoundedParser, UploadLimits, clean_file_name
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
SEE = rule(Login.SESSION, Act.IMPORT_CUSTOMERS)
IMPORTS = rule(Login.SESSION, Act.IMPORT_CUSTOMERS, rate=Rate.INGEST)
PAGE = 20
LINES = 100
COLUMN = "coluna."
PASTED = "clientes-colados.csv"
RUNNING = (ImportStatus.PENDING, ImportStatus.RUNNING)
STEPS = ("Arquivo", "Colunas e prévia", "Importação")
# A document's number of either kind stands in one column of many exports.
CHOICES = (
    "name",
    "document",
    "email",
    "phone",
    *(name for name in FIELDS if name not in {"name", "email", "phone", "contacts", "custom"}),
)
NAMES = FIELDS | {"document": "CPF ou CNPJ"}


@router.get("/clientes/importar", dependencies=[SEE])
async def imports(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the first step, and the imports that there were."""
    rows, _ = await list_imports(session, principal, limit=PAGE, before=None)
    return render(
        request,
        "customers/import.html",
        steps=STEPS,
        step=0,
        imports=[(row, IMPORT_STATUS[row.status]) for row in rows],
        on_duplicate=[(one.value, words.capitalize()) for one, words in ON_DUPLICATE.items()],
        problem=None,
    )


@router.post("/clientes/importar", dependencies=[IMPORTS])
async def upload(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Take a file in, or what was pasted, and try it out at once: nothing is written yet."""
    form = await _form(request)
    try:
        name, data = await _file(form)
        options = ImportOptions(
            name,
            on_duplicate=_on_duplicate(str(form.get("repetidos", ""))),
            dry_run=True,
            names_needed=False,
        )
        made = await start_import(session, principal, data, options)
        await enqueue_background(session, IMPORT, str(made.id))
    finally:
        await form.close()
    return done(f"/clientes/importar/{made.id}", request=request)


@router.get("/clientes/importar/{import_id}", dependencies=[SEE])
async def progress(
    request: Request,
    import_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    cursor: str | None = None,
    resultado: str = "",
) -> Response:
    """Show how far an import is, what each line came to, and what can be done next."""
    row = await find_import(session, principal, import_id)
    outcome = next((one for one in ImportOutcome if one.value == resultado), None)
    if outcome is None and not resultado and row.counts.get(ImportOutcome.REFUSED.value):
        outcome = ImportOutcome.REFUSED
    after = min(decode_number_cursor(cursor) or 0, 2**31 - 1)
    lines, more = await list_lines(
        session, principal, import_id, outcome=outcome, limit=LINES, after=after
    )
    here = f"/clientes/importar/{import_id}"
    named = outcome.value if outcome else "todas"
    return render(
        request,
        "customers/import_progress.html",
        steps=STEPS,
        step=1 if row.is_dry_run else 2,
        row=row,
        here=here,
        state=IMPORT_STATUS[row.status],
        running=row.status in RUNNING,
        previewed=row.status is ImportStatus.PREVIEWED,
        completed=row.status is ImportStatus.COMPLETED,
        outcomes=[(one.value, words) for one, words in IMPORT_OUTCOME.items()],
        chosen=named,
        result_tabs=[
            (f"{here}?resultado={one.value}", words.capitalize(), one.value == named)
            for one, words in IMPORT_OUTCOME.items()
            if row.counts.get(one.value)
        ],
        lines=[
            (line, IMPORT_OUTCOME[line.outcome], [_problem(one) for one in line.problems])
            for line in lines
        ],
        next_href=f"{here}?resultado={named}&cursor={more}" if more else "",
        first_href=f"{here}?resultado={named}" if after else "",
        header=await import_header(session, row),
        columns=[(name, NAMES[name].capitalize()) for name in CHOICES]
        + [(f"custom.{one.key}", one.label) for one in await list_fields(session, principal)],
        names_known="name" in row.mapping.values(),
        erased=row.counts.get(ERASED, 0),
        perhaps_erased=row.counts.get(PERHAPS_ERASED, 0),
        may_readmit=principal.may(Act.MANAGE_ERASURES),
        on_duplicate=[(one.value, words.capitalize()) for one, words in ON_DUPLICATE.items()],
    )


@router.post("/clientes/importar/{import_id}/colunas", dependencies=[IMPORTS])
async def remap(
    request: Request, import_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Try the file again with other columns."""
    form = await request.form()
    row = await find_import(session, principal, import_id)
    header = await import_header(session, row)
    # Columns go by their place: a file's names may hold anything.
    mapping = {
        column: str(form[f"{COLUMN}{place}"])
        for place, column in enumerate(header)
        if form.get(f"{COLUMN}{place}")
    }
    wanted = _on_duplicate(str(form.get("repetidos", "")))
    await remap_preview(session, principal, import_id, mapping, wanted)
    await enqueue_background(session, IMPORT, str(import_id))
    return done(f"/clientes/importar/{import_id}", request=request)


@router.post("/clientes/importar/{import_id}/aplicar", dependencies=[IMPORTS])
async def apply(
    request: Request, import_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Make a trial the real thing."""
    form = await request.form()
    # A box that is ticked asks for the exception; the reason may then not be empty.
    reason = str(form.get("motivo", "")) if form.get("readmitir") else None
    await apply_preview(session, principal, import_id, readmit_reason=reason)
    await enqueue_background(session, IMPORT, str(import_id))
    return done(f"/clientes/importar/{import_id}", request=request)


@router.post("/clientes/importar/{import_id}/desfazer", dependencies=[IMPORTS])
async def roll_back(
    request: Request, import_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Take an import back as a whole."""
    await roll_back_import(session, principal, import_id)
    told = "A importação foi desfeita: os cadastros estão como eram antes dela."
    return done(f"/clientes/importar/{import_id}", told, request=request)


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.form()
    try:
        return await BoundedParser(request, UploadLimits(1, MAX_BYTES)).parse()
    except MultiPartException:
        raise AppError("multipart_invalid") from None


async def _file(form: FormData) -> tuple[str, bytes]:
    sent = form.get("arquivo")
    if isinstance(sent, UploadFile) and sent.filename:
        return clean_file_name(sent.filename), await sent.read()
    pasted = str(form.get("colado", "")).strip()
    if not pasted:
        raise AppError("no_files")
    return PASTED, pasted.encode()


def _on_duplicate(word: str) -> OnDuplicate:
    return next((one for one in OnDuplicate if one.value == word), OnDuplicate.SKIP)


def _problem(found: dict[str, str]) -> str:
    field = found["field"].partition("[")[0]
    name = FIELDS.get(field, "linha" if field == "line" else field.removeprefix("custom."))
    return f"{name} {problem_words(found['code'])}"
