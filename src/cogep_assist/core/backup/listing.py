"""What a dump says that it holds, judged before any of it is made."""

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import SCHEMAS

# The first migration makes these, for the role that restores here; the dump's are of the role
# that owned the database there.
_MADE_HERE = ("SCHEMA - ", "DEFAULT ACL ", "EXTENSION - ", "COMMENT - EXTENSION ")
# All that a schema of ours is made of; rules, policies, servers, large objects and the like are
# nothing that a migration has ever made.
_KINDS = (
    "TABLE DATA", "TABLE ATTACH", "TABLE", "SEQUENCE SET", "SEQUENCE OWNED BY", "SEQUENCE",
    "INDEX ATTACH", "INDEX", "FK CONSTRAINT", "CHECK CONSTRAINT", "CONSTRAINT", "DEFAULT ACL",
    "DEFAULT", "FUNCTION", "TRIGGER", "TYPE", "ACL", "COMMENT", "STATISTICS DATA", "STATISTICS",
)  # fmt: skip
_OURS = frozenset({*SCHEMAS, "-"})
_SHOWN_CHARS = 120


def wanted_items(listing: bytes) -> bytes:
    """Return a dump's list without what the first migration has made.

    Raises AppError("restore_foreign_item") where it holds what no copy of ours does: another
    application's tables, or things that a copy has no use for.
    """
    wanted = []
    for line in listing.splitlines(keepends=True):
        if line.startswith(b";"):
            wanted.append(line)
            continue
        item = _described(line)
        if item.startswith(_MADE_HERE):
            continue
        if item and not _is_ours(item):
            raise AppError("restore_foreign_item", item=item.strip()[:_SHOWN_CHARS])
        wanted.append(line)
    return b"".join(wanted)


def _described(line: bytes) -> str:
    """Return an item without its numbers, as ``TABLE ai document owner``."""
    parts = line.decode("utf-8", "replace").split(" ", 3)
    return parts[3] if len(parts) == 4 else ""


def _is_ours(item: str) -> bool:
    kind = next((kind for kind in _KINDS if item.startswith(f"{kind} ")), None)
    return kind is not None and item[len(kind) + 1 :].partition(" ")[0] in _OURS
