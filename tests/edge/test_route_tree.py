"""The tree takes a request to the route that trying every pattern in turn would find."""

from api import Api
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from cogep_assist.edge.route_tree import RouteTree

SOME_ID = "01a22a5d-a937-7565-9538-2b2da6367357"


async def test_every_address_leads_where_it_led_before(api: Api) -> None:
    routes = [route for route in api.app.router.routes if isinstance(route, Route)]
    assert len(routes) == len(api.app.router.routes) > 500
    tree = RouteTree(routes, api.app.router.app)
    for route in routes:
        for value in (SOME_ID, "status", "a/b"):
            path = "/".join(
                segment if "{" not in segment else value if "}." not in segment else f"{value}.ics"
                for segment in route.path.split("/")
            )
            for method in (*(route.methods or ()), "DELETE"):
                scope = {"type": "http", "method": method, "path": path}
                assert _first(tree._candidates(method, path), scope) is _first(routes, scope), path


async def test_what_the_tree_does_not_hold_goes_the_other_way() -> None:
    asked: list[str] = []

    async def otherwise(scope: Scope, _receive: Receive, _send: Send) -> None:
        asked.append(scope["path"])

    async def nothing() -> Message:
        raise AssertionError

    async def unsent(_message: Message) -> None:
        raise AssertionError

    async def here(_request: object) -> None:
        raise AssertionError

    tree = RouteTree([Route("/a/{x}", here, methods=["POST"])], otherwise)  # type: ignore[arg-type]
    paths = ["/a", "/a/b", "/a/b/c", "", "a/b", "//", "/b/"]
    for path in paths:
        await tree({"type": "http", "method": "GET", "path": path}, nothing, unsent)
    mounted = {"type": "http", "method": "POST", "path": "/a/b", "root_path": "/raiz"}
    await tree(mounted, nothing, unsent)
    assert asked == [*paths, "/a/b"]


def _first(routes: object, scope: Scope) -> Route | None:
    assert isinstance(routes, list)
    # Whatever takes another method is no full match, and need not be tried.
    taken = (one for one in routes if scope["method"] in (one.methods or ()))
    return next((one for one in taken if one.matches(scope)[0] is Match.FULL), None)
