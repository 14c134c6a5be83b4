"""The application under test on a real port, for clients that only speak over the network."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from api import Api


@asynccontextmanager
async def served(api: Api) -> AsyncIterator[str]:
    """Serve the application, whose lifespan runs already, and give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(api.app, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    # Not ``serve``: it would take the signals of the test run.
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
