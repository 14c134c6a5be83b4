"""Whose browser it is, where no rule asked: at an address that leads nowhere."""

from fastapi import Request

from cogep_assist.core.access import authenticate_session
from cogep_assist.edge.cookies import COOKIE, read_cookie
from cogep_assist.edge.state import edge_state


async def recognise(request: Request) -> None:
    """Note who is signed in, so that a page that says no still shows the way elsewhere.

    It admits nobody to anything. Raises what the database raises.
    """
    token = read_cookie(request, COOKIE)
    if token is None:
        return
    async with edge_state(request).database.begin() as session:
        found = await authenticate_session(session, token)
    if found is not None:
        request.state.known, request.state.csrf_token = found
