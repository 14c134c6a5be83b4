"""What a collection may be called."""

import re

from cogep_assist.core.errors import AppError

DEFAULT_COLLECTION = "geral"
_NAME = re.compile(r"[a-z0-9_-]{1,64}")


def check_collection_name(name: str | None) -> str:
    """Return the collection's name, or the default one.

    Raises AppError("collection_name_invalid").
    """
    if name is None:
        return DEFAULT_COLLECTION
    if not _NAME.fullmatch(name):
        raise AppError("collection_name_invalid", name=_shown(name))
    return name


def known_collection_name(name: str) -> str:
    """Return a name to look up. Raises AppError("collection_not_found") for what is no name."""
    if not _NAME.fullmatch(name):
        raise AppError("collection_not_found", name=_shown(name))
    return name


def _shown(name: str) -> str:
    kept = "".join(c for c in name[:64] if c.isprintable())
    return kept.encode("utf-8", "replace").decode()
