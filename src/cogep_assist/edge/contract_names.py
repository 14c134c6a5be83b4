"""Names of the contract's shapes, of which generators of clients make classes."""

from collections.abc import Iterable
from typing import Any

_PLACE = "#/components/schemas/"


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
