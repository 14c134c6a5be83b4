"""Pages of lists whose body is the list and nothing else: where it goes on is told in a header.

`Link: <...>; rel="next"`, as RFC 8288 has it and clients of other services know it. The body keeps
its shape, and who has fewer entries than fit a page sees no difference.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response

from cogep_assist.core.errors import AppError

MOST = 500
T = TypeVar("T")


class LinkedPage:
    """Which part of a list was asked for, and the reply that is to tell of the next."""

    def __init__(
        self,
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        cursor: Annotated[
            str | None,
            Query(max_length=200, description="O que o cabeçalho Link da página anterior traz."),
        ] = None,
    ) -> None:
        self._request, self._response = request, response
        self._limit, self._cursor = limit, cursor

    def cut(self, found: Sequence[T], key: Callable[[T], object]) -> list[T]:
        """Return the page of a list in a fixed order, whose entries ``key`` tells apart.

        Raises AppError("cursor_invalid") where the entry to go on after is there no more.
        """
        begin = self._begin([str(key(one)) for one in found]) if self._cursor else 0
        page = list(found[begin : begin + self._limit])
        if begin + self._limit < len(found):
            address = self._request.url.include_query_params(
                limit=self._limit, cursor=str(key(page[-1]))
            )
            # The path alone: what stands before it, a proxy may have changed.
            self._response.headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'
        return page

    def _begin(self, keys: list[str]) -> int:
        if self._cursor not in keys:
            raise AppError("cursor_invalid")
        return keys.index(self._cursor) + 1


Paged = Annotated[LinkedPage, Depends(LinkedPage)]
