"""Names of the contract's shapes and operations, of which generators make classes and functions."""

import re
from collections.abc import Iterable
from typing import Any

_PLACE = "#/components/schemas/"
# Where neither the path nor its parameter has a word for one of many.
_ONE = {"mail": "mail_letter", "retention": "retention_rule"}


def give_plain_names(schema: dict[str, Any]) -> None:
    """Name each shape by its own word, and by its file's before it where two have the same.

    FastAPI tells two of a name apart by their modules (``cogep_assist__crm_service__sla_schemas__
    CalendarReply``) and leaves both the same title, which generators take for one class.
    """
    shapes = schema["components"]["schemas"]
    names = {long: _plain(long, shapes) for long in shapes if "__" in long}
    for long, plain in names.items():
        shapes[plain] = {**shapes.pop(long), "title": plain}
    _rename(schema, {_PLACE + long: _PLACE + plain for long, plain in names.items()})


def name_inner_shapes(schema: dict[str, Any]) -> None:
    """Put the shapes that stand inside others among the others, by their titles.

    Those of bodies that are described by hand, and of stored documents (``core.described``).
    """
    shapes = schema["components"]["schemas"]
    for name, shape in list(shapes.items()):
        shapes[name] = {key: _among(value, shapes) for key, value in shape.items()}
    for operations in schema["paths"].values():
        for operation in operations.values():
            for form in operation.get("requestBody", {}).get("content", {}).values():
                form["schema"] = _among(form["schema"], shapes)


def _among(part: Any, shapes: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_among(one, shapes) for one in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _among(value, shapes) for key, value in part.items()}
    if "properties" not in part or "title" not in part:
        return inner
    if shapes.setdefault(part["title"], inner) != inner:
        return inner
    return {"$ref": _PLACE + part["title"]}


def give_operation_ids(schema: dict[str, Any]) -> None:
    """Name each operation by its method and its path: ``get_crm_ticket``, ``post_ingest_retry``.

    FastAPI makes the name of the function's, so that a function with another name would break
    the clients; a path is promised, and whoever knows the path knows the name.
    """
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = operation_id(method, path)


def operation_id(method: str, path: str) -> str:
    """Return the name of an operation, one of many where its id follows in the path."""
    words = [method.lower()]
    parts = path.strip("/").split("/")
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        if not part.startswith("{"):
            counted = following.startswith("{") and "." not in following
            words.append(_one_of(part, following) if counted else part)
        elif "." in part:
            words.append(part.rpartition(".")[2])
    return re.sub(r"[^a-z0-9]+", "_", "_".join(words))


def _one_of(many: str, parameter: str) -> str:
    """``users`` is ``user``; what has no plural takes its parameter's name, ``ingest_job``."""
    if many in _ONE:
        return _ONE[many]
    if many.endswith("ies"):
        return many.removesuffix("ies") + "y"
    if many.endswith("s"):
        return many.removesuffix("s")
    one = parameter.strip("{}").partition(":")[0].removesuffix("_id")
    return f"{many}_{one}"


def _plain(long: str, taken: Iterable[str]) -> str:
    *_, service, module, name = long.split("__")
    words = module.removesuffix("schemas").strip("_") or service.removesuffix("_service")
    plain = "".join(word.capitalize() for word in words.split("_")) + name
    return long if plain in taken else plain


def _rename(part: Any, places: dict[str, str]) -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str):
                part[key] = places.get(value, value)
            else:
                _rename(value, places)
    elif isinstance(part, list):
        for one in part:
            _rename(one, places)
