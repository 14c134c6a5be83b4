"""Find a request's route by the segments of its path, not by trying hundreds of patterns.

What is found is asked itself whether it matches, so that a route is taken by its own rules and in
the order in which routes were declared. Whatever is found nowhere goes the framework's way, which
knows how to refuse it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

# A parameter that takes all that is left of a path.
_REST = ":path}"


@dataclass(slots=True)
class _Node:
    """Where a path may go on: by a segment as it is written, by any, or by all that is left."""

    named: dict[str, "_Node"] = field(default_factory=dict)
    any: "_Node | None" = None
    routes: dict[str, list[tuple[int, Route]]] = field(default_factory=dict)
    rest: dict[str, list[tuple[int, Route]]] = field(default_factory=dict)


class RouteTree:
    """Serve requests by the routes of an application; ``otherwise`` is its own router."""

    def __init__(self, routes: Sequence[BaseRoute], otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._root = _Node()
        for place, route in enumerate(routes):
            if not isinstance(route, Route):
                # From here on a request may belong to what is not in the tree.
                break
            _add(self._root, place, route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not scope.get("root_path"):
            for route in self._candidates(scope["method"], scope["path"]):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    await route.handle(scope, receive, send)
                    return
        await self._otherwise(scope, receive, send)

    def _candidates(self, method: str, path: str) -> Iterable[Route]:
        if not path.startswith("/"):
            return ()
        found = list(_walk(self._root, path[1:].split("/"), 0, method))
        return [route for _, route in sorted(found, key=lambda one: one[0])]


def _add(root: _Node, place: int, route: Route) -> None:
    node, taken = root, root.routes
    for segment in route.path[1:].split("/"):
        if segment.endswith(_REST):
            taken = node.rest
            break
        if "{" in segment:
            node.any = node.any or _Node()
            node = node.any
        else:
            node = node.named.setdefault(segment, _Node())
        taken = node.routes
    for method in route.methods or ():
        taken.setdefault(method, []).append((place, route))


def _walk(
    node: _Node, segments: Sequence[str], at: int, method: str
) -> Iterator[tuple[int, Route]]:
    if at == len(segments):
        yield from node.routes.get(method, ())
        return
    yield from node.rest.get(method, ())
    named = node.named.get(segments[at])
    if named is not None:
        yield from _walk(named, segments, at + 1, method)
    if node.any is not None:
        yield from _walk(node.any, segments, at + 1, method)
