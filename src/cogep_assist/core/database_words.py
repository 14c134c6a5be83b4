"""What a failed statement means for whoever waits for it, by the state that the database gave.

By attributes alone: neither driver nor ORM is loaded where only a sentence is to be written.
"""

from cogep_assist.core.errors import AppError

# PostgreSQL, appendix A. Two acts that waited for each other are let go of, and all stands well.
COLLISIONS = frozenset(("40P01", "40001", "55P03"))
# A table, column, function or type that one of the two does not know, or knew otherwise.
OTHER_SCHEMA = frozenset(("42P01", "42703", "42704", "42883", "3F000"))
_CHANGED_UNDER_A_PLAN = "cached plan must not change result type"


def failure_of(error: BaseException) -> AppError | None:
    """Return what the database said as an error of ours; None where it said nothing known."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    if state == "53100":
        return AppError("storage_full")
    if state in COLLISIONS:
        return AppError("acts_collided", retry_after=1)
    if state in OTHER_SCHEMA or (state == "0A000" and _CHANGED_UNDER_A_PLAN in str(original)):
        return AppError("schema_differs", retry_after=5)
    # The limit is an administrator's: statement_timeout, and since 17 transaction_timeout.
    if state in ("57014", "25P04"):
        return AppError("database_took_too_long", retry_after=5)
    if state == "25006":
        return AppError("database_read_only", retry_after=5)
    return None
