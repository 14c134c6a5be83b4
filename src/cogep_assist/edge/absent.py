"""Values that clients send because their language has no way to leave them out."""

from typing import Annotated

from pydantic import BeforeValidator, Field


def _absent_if_empty(value: object) -> object:
    return None if value == "" else value


# Beside a type that may be None: an empty text is as good as nothing.
EMPTY_IS_ABSENT = BeforeValidator(_absent_if_empty)
# The bound is inside: beside the other it would be asked of None.
CollectionOrNone = Annotated[Annotated[str, Field(max_length=64)] | None, EMPTY_IS_ABSENT]
