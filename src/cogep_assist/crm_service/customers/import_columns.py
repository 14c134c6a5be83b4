"""The shape of another try of an import: which field each column is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.models import OnDuplicate


class ImportColumnsBody(BaseModel):
    """Which field each column is, and what becomes of those who are there already."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=100)]] = (
        Field(max_length=200, description="O nome da coluna no arquivo e o campo que ela é.")
    )
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
