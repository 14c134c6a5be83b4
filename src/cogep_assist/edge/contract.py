"""The OpenAPI document: what each route replies, errors included, from its declared rule."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts

from cogep_assist import __version__
from cogep_assist.core.principal import Act
from cogep_assist.edge.contract_names import (
    give_operation_ids,
    give_plain_names,
    name_inner_shapes,
)
from cogep_assist.edge.cookies import COOKIE
from cogep_assist.edge.errors import ErrorReply
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, Rule, guarded_router, rule, rule_of

DESCRIPTION = (
    "Respostas com a fonte de cada frase, a partir dos documentos da própria organização. "
    "Todo erro tem a mesma forma: um código estável, uma mensagem em português e o "
    "identificador do pedido."
)
ON_BEHALF = (
    "Uma chave com o ato act_for_others diz, no cabeçalho On-Behalf-Of, em nome de quem age: o "
    "e-mail (letras com acento codificadas com %) ou o identificador da conta."
)
WORDS = {
    400: "O pedido não pôde ser lido",
    401: "É preciso se identificar",
    403: "O papel ou a origem não permite este ato",
    404: "Não existe, ou não está ao alcance de quem pede",
    409: "Não combina com o estado atual, ou a Idempotency-Key já veio com outro conteúdo",
    410: "O documento foi removido",
    412: "Mudou desde que foi lido (If-Match)",
    413: "O corpo passa do tamanho máximo",
    415: "O tipo de conteúdo não é aceito",
    422: "Um campo não está na forma esperada",
    429: "Muitos pedidos em pouco tempo",
    500: "Algo deu errado do nosso lado",
    503: "Indisponível por instantes; Retry-After diz quando tentar de novo",
}

router = guarded_router(tags=["contract"])


@router.get(
    "/openapi.json",
    include_in_schema=False,
    dependencies=[rule(Login.KEY_OR_SESSION, Act.READ_CONTRACT)],
)
async def openapi(request: Request) -> JSONResponse:
    """Give the contract."""
    return JSONResponse(request.app.openapi())


def describe(app: FastAPI) -> dict[str, Any]:
    """Build the contract of an application whose routes all declare a rule."""
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(
        title="COGEP Assist",
        version=__version__,
        description=DESCRIPTION,
        routes=app.routes,
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    reply = ErrorReply.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(reply.pop("$defs"))
    schemas["ErrorReply"] = reply
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": ON_BEHALF},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    for context in iter_route_contexts(app.routes):
        declared = rule_of(getattr(context, "dependencies", []))
        for method in context.methods or ():
            operation = schema["paths"].get(context.path_format, {}).get(method.lower())
            if declared is not None and operation is not None:
                _complete(operation, declared, method)
    give_plain_names(schema)
    name_inner_shapes(schema)
    give_operation_ids(schema)
    app.openapi_schema = schema
    return schema


def _complete(operation: dict[str, Any], declared: Rule, method: str) -> None:
    if declared.login is Login.KEY_OR_SESSION:
        operation["security"] = [{"key": []}, {"session": []}]
    elif declared.login is Login.SESSION:
        operation["security"] = [{"session": []}]
    for parameter in operation.get("parameters", []):
        _leave_out_null(parameter["schema"])
    replies = operation.setdefault("responses", {})
    for reply in replies.values():
        _say_what_files_are(reply.get("content", {}))
    given = {name for name in replies if name != "422"}
    for status in sorted(_possible(operation, declared, method)):
        if str(status) not in given:
            replies[str(status)] = {
                "description": WORDS[status],
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/ErrorReply"}}
                },
            }


def _leave_out_null(schema: dict[str, Any]) -> None:
    """Say of an address or a header that it holds no null: one that is not given is left out.

    FastAPI takes ``str | None`` for either, and clients made of that send the text "None".
    """
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1 and len(choices) < len(schema["anyOf"]):
        del schema["anyOf"]
        schema.update(choices[0] | schema)


def _say_what_files_are(content: dict[str, Any]) -> None:
    """Give a file its type: of one without, generators leave the whole reply out."""
    for media, form in content.items():
        if media != "application/json" and not form.get("schema"):
            text = media.startswith("text/") or media == "application/x-ndjson"
            form["schema"] = {"type": "string"} | ({} if text else {"format": "binary"})


def _possible(operation: dict[str, Any], declared: Rule, method: str) -> set[int]:
    possible = {500, 503}
    if declared.rate is not Rate.NONE:
        possible |= {429}
    if declared.login is not Login.OPEN:
        possible |= {401, 403}
    if method != "GET":
        possible |= {400, 403, 409, 413, 422}
    parameters = operation.get("parameters", [])
    if parameters:
        possible |= {400, 404, 410, 422}
    if any(parameter.get("name") == "If-Match" for parameter in parameters):
        possible |= {412}
    if operation.get("requestBody"):
        possible |= {404, 410, 415}
    return possible
