"""Ajustes, Textos prontos: replies to start from, and the macros that act on tickets."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import TicketStatus
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_tool_schemas import MacroBody, MacroReply
from cogep_assist.crm_service.desk.macros import list_macros, remove_macro, set_macro
from cogep_assist.crm_service.desk.reply_templates import (
    PLACES,
    list_templates,
    remove_template,
    set_template,
)
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/textos"
STATES = (TicketStatus.OPEN, TicketStatus.RESOLVED)
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_DESK)
Name = Annotated[str, Form(max_length=60)]
Text = Annotated[str, Form(max_length=50_000)]


@router.get(HREF, dependencies=[MANAGE])
async def texts(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show every text and every macro."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def put(
    request: Request, principal: PrincipalDep, nome: Name = "", texto: Text = ""
) -> Response:
    """Keep a text under a name."""

    async def work(session: AsyncSession) -> None:
        await set_template(session, principal, nome, texto)

    typed = {"nome": nome, "texto": texto}
    return await _done(request, principal, work, f"O texto {nome.strip()} está salvo.", typed)


@router.post(f"{HREF}/excluir", dependencies=[MANAGE])
async def remove(request: Request, principal: PrincipalDep, nome: Name = "") -> Response:
    """Forget a text."""

    async def work(session: AsyncSession) -> None:
        await remove_template(session, principal, nome)

    return await _done(request, principal, work, "O texto foi excluído.")


@router.post(f"{HREF}/macros", dependencies=[MANAGE])
async def put_macro(
    request: Request,
    principal: PrincipalDep,
    nome: Name = "",
    resposta: Text = "",
    nota: Text = "",
    etiquetas: Annotated[str, Form(max_length=800)] = "",
    assumir: Annotated[bool, Form()] = False,
    situacao: Annotated[TicketStatus | None, Form()] = None,
) -> Response:
    """Keep a macro: what is filled in becomes its steps, in the order of the form."""
    steps: list[dict[str, object]] = []
    if assumir:
        steps.append({"do": "assign", "to": "me"})
    steps += [
        {"do": do, "text": text} for do, text in (("reply", resposta), ("note", nota)) if text
    ]
    if tags := [tag.strip() for tag in etiquetas.split(",") if tag.strip()]:
        steps.append({"do": "tag", "add": tags})
    if situacao is not None:
        steps.append({"do": "move", "status": situacao})

    async def work(session: AsyncSession) -> None:
        await set_macro(session, principal, nome, shaped(MacroBody, steps=steps))

    return await _done(request, principal, work, f"A macro {nome.strip()} está salva.")


@router.post(f"{HREF}/macros/excluir", dependencies=[MANAGE])
async def drop_macro(request: Request, principal: PrincipalDep, nome: Name = "") -> Response:
    """Forget a macro."""

    async def work(session: AsyncSession) -> None:
        await remove_macro(session, principal, nome)

    return await _done(request, principal, work, "A macro foi excluída.")


def steps_in_words(macro: MacroReply) -> list[str]:
    """Say what each step of a macro does."""
    words = []
    for step in macro.steps:
        match step.do:
            case "reply":
                words.append(f"responde: {step.text}")
            case "note":
                words.append(f"anota: {step.text}")
            case "move":
                words.append(f"muda para {label(step.status)}")
            case "assign":
                words.append("quem a usa assume" if step.to == "me" else "muda o responsável")
            case "tag":
                words.append("etiqueta: " + ", ".join([*step.add, *(f"−{t}" for t in step.remove)]))
            case "change":
                words.append("muda " + ", ".join(sorted(step.change.model_fields_set)))
    return words


async def _done(
    request: Request,
    principal: Principal,
    work: Work,
    notice: str,
    typed: dict[str, str] | None = None,
) -> Response:
    return await answer_form(request, principal, work, _page, typed=typed, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    macros = await list_macros(session, principal)
    return settings_page(
        request,
        "texts.html",
        problem,
        templates=await list_templates(session, principal),
        macros=[(macro.name, steps_in_words(macro)) for macro in macros],
        places=["{{" + place + "}}" for place in PLACES],
        state_options=[("", "não muda"), *((state.value, label(state)) for state in STATES)],
        typed=typed or {"nome": "", "texto": ""},
    )
