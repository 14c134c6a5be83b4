"""Areas of several sections, such as Ajustes, and forms that are answered by their own page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Principal
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.validation_words import as_app_error, invalid_field
from cogep_assist.web.navigation import PRIVACY, SETTINGS, Place
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

# What the forms call the fields that the use-cases know by their own names.
FIELD_WORDS = {
    "api_key": "chave",
    "asks_per_minute": "pedidos por minuto",
    "authority": "autoridade",
    "activity": "atividade",
    "body": "texto",
    "choices": "opções",
    "contract": "contrato ou cláusulas",
    "consent": "texto de consentimento",
    "country": "país",
    "customer_class": "classe de cliente",
    "events": "eventos",
    "fields": "campos",
    "first_reply_minutes": "primeira resposta",
    "greeting": "frase de abertura",
    "host": "servidor",
    "key": "identificador",
    "label": "nome do campo",
    "legal_entity": "pessoa jurídica",
    "masked": "ocultar dados pessoais",
    "mechanism": "mecanismo",
    "model": "modelo",
    "name": "nome",
    "held_on": "data",
    "people": "pessoas",
    "reference": "referência",
    "review_on": "rever em",
    "title": "título",
    "origins": "endereços do site",
    "passage_prefix": "antes de trechos",
    "position": "ordem",
    "purpose": "finalidade",
    "query_prefix": "antes de perguntas",
    "resolution_minutes": "solução",
    "shifts": "turnos",
    "state": "estado",
    "targets": "metas",
    "url": "endereço",
    "time_zone": "fuso horário",
    "valid_until": "vale até",
    "warn_percent": "avisar com",
    "week": "turnos da semana",
}
Shape = TypeVar("Shape", bound=BaseModel)
Work = Callable[[AsyncSession], Awaitable[Any]]
Page = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Area:
    """Pages that share a list of sections; their templates lie in ``folder``."""

    title: str
    folder: str
    sections: Sequence[Place]

    def sections_of(self, principal: Principal) -> list[Place]:
        """Return the sections that somebody may open."""
        return [section for section in self.sections if principal.may(section.act)]


def area_page(
    area: Area, request: Request, template: str, problem: AppError | None = None, **values: Any
) -> Response:
    """Render a section beside the list of the others; ``problem`` is told above its forms."""
    return render(
        request,
        f"{area.folder}/{template}",
        status=problem.status if problem else 200,
        area=area.title,
        sections=area.sections_of(request.state.principal),
        problem=problem,
        **values,
    )


settings_page = partial(area_page, Area("Ajustes", "settings", SETTINGS))
privacy_page = partial(area_page, Area("LGPD", "privacy", PRIVACY))


async def answer_form(
    request: Request,
    principal: Principal,
    work: Work,
    page: Page,
    *about: Any,
    href: str,
    notice: str,
    draft: str = "",
    **shown: Any,
) -> Response:
    """Do a form's work in one transaction and lead on, or show its page again with what is wrong.

    The page is ``page(request, session, principal, *about, problem=..., **shown)``, in a
    transaction of its own: the one of the work was rolled back.
    """
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            await work(session)
    except AppError as problem:
        if problem.status >= 500:
            raise
        async with database.begin() as session:
            return await page(
                request, session, principal, *about, problem=in_words(problem), **shown
            )
    return done(href, notice, draft=draft, request=request)


def shaped(shape: type[Shape], **values: Any) -> Shape:
    """Hold a form's values to a use-case's shape. Raises AppError("request_invalid")."""
    try:
        return shape(**values)
    except ValidationError as error:
        raise as_app_error(error.errors()) from None


def in_words(problem: AppError) -> AppError:
    """Name the field that is wrong as the form names it."""
    fields = problem.details.get("fields")
    if problem.code != "request_invalid" or not fields:
        return problem
    name = str(fields[0]["field"]).partition("[")[0].rpartition(".")[2]
    return invalid_field(FIELD_WORDS.get(name, name), fields[0]["reason"])
