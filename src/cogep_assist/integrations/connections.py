"""Holders of connections that are closed at the end of a block."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Connections(ABC):
    """Connections to others, kept open from one request to the next until ``aclose``."""

    @abstractmethod
    async def aclose(self) -> None:
        """Close every connection."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
