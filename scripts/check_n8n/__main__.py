"""Run the workflows and the node package in a real n8n: ``make check-n8n``.

Installs n8n and its Node.js from npm (2.4 GB, some minutes) in a temporary folder, or in
``--dir FOLDER``, which is kept and used again. Everything runs on loopback and ends by itself.
"""

import argparse
import logging
import shutil
import socket
import sys
import tempfile
from pathlib import Path

import structlog

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from checks import EVENT_PATH, check_flows  # noqa: E402  # needs the path above
from n8n import N8n, install  # noqa: E402
from node_checks import install_node  # noqa: E402
from served_desk import COLLECTION, desk  # noqa: E402
from sink import sink  # noqa: E402

WORKFLOWS = ROOT / "integrations/n8n"
NODE = ROOT / "integrations/n8n-nodes-cogep"


def main() -> None:
    """Install, import, run, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, help="where n8n is installed, and kept")
    options = parser.parse_args()
    if shutil.which("npm") is None:
        raise SystemExit("npm is needed: apt install npm")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        installed = options.dir or folder / "n8n"
        install(installed)
        _check(installed, folder)
    print("every workflow did what it is for")


def _check(installed: Path, folder: Path) -> None:
    port = _free_port()
    watched = folder / "pasta"
    watched.mkdir()
    with sink() as told, desk(folder, port, EVENT_PATH) as served:
        variables = {
            "COGEP_URL": served.url,
            "COGEP_KEY": served.key,
            "COGEP_WEBHOOK_SECRET": served.secret,
            "COGEP_EVENTO_URL": f"{told.url}/evento",
            "COGEP_AVISO_URL": f"{told.url}/aviso",
            "COGEP_PASTA": str(watched),
            "COGEP_COLECAO": COLLECTION,
            "COGEP_MENSAGEM_TOKEN": "token-do-canal",
            "COGEP_RESPOSTA_URL": f"{told.url}/resposta",
            "COGEP_RESPOSTA_TOKEN": "token-da-resposta",
            "N8N_RESTRICT_FILE_ACCESS_TO": str(watched),
        }
        install_node(folder / "dados-do-n8n", NODE)
        n8n = N8n(installed, folder / "dados-do-n8n", port, variables)
        check_flows(n8n, served, told, WORKFLOWS, folder)


def _free_port() -> int:
    """Return a port below those that systems give out, with two more free ones after it."""
    for port in range(15_678, 16_678, 10):
        if not any(_taken(port + step) for step in range(3)):
            return port
    raise SystemExit("no free port on loopback")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
