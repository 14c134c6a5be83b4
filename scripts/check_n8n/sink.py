"""The other end: a server on loopback that remembers what it was told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """What came in, by path; ``failing`` answers 500 while it is true."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.failing = False
        self.url = ""

    def at(self, path: str) -> list[dict[str, Any]]:
        """Return what came to a path."""
        return [body for where, body in self.told if where == path]

    def wait(self, path: str, count: int, seconds: float = 30) -> list[dict[str, Any]]:
        """Return what came to a path once there is as much of it, or when time is up."""
        deadline = time.monotonic() + seconds
        while len(self.at(path)) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.at(path)


@contextmanager
def sink() -> Iterator[Sink]:
    """Listen until the block ends."""
    kept = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not kept.failing:
                kept.told.append((self.path, json.loads(body)))
            self.send_response(500 if kept.failing else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
