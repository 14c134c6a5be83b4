"""The whole application on a real port, in a thread of its own: for a browser."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from cogep_assist.core.config import Settings
from cogep_assist.main import create_app


@contextmanager
def served_site(settings: Settings) -> Iterator[str]:
    """Serve until the block ends, and give the address."""
    # The protocol is said: without it asyncio leaves out TCP_NODELAY, and each reply waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        app = create_app(settings)
        config = uvicorn.Config(app, log_level="error", loop="asyncio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            # As ``cogep serve`` does: open pages that listen would hold the process.
            app.state.stop_waiting()
            thread.join(20)
