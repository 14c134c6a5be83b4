"""Say in the contract what a stored JSON document holds, and hand it out as it is."""

from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class DescribedBy:
    """``Annotated[dict[str, Any], DescribedBy(Model)]``: the contract shows the model's shape.

    What was signed must go out byte for byte, and what an older release stored may lack a field:
    a model that read it would change the one and refuse the other.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read and write whatever the annotated type does."""
        return handler(source)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show the model."""
        return handler(self._model.__pydantic_core_schema__)
