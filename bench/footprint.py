"""How much memory ``cogep up`` takes while nobody asks anything, and how long a start takes.

    make bench-footprint
    make bench-footprint ARGS="--idle 90 --json"

Starts ``cogep up`` twice in a temporary folder: on an empty base, with the sample read and its
question answered, and again on the base that is there. Each time it waits until nothing happens
and adds up the PSS of every process (Linux: /proc/PID/smaps_rollup), in which a page that n
processes share counts as an n-th for each. Exits 1 above --bar MB.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

COGEP = [sys.executable, "-m", "cogep_assist"]
BAR_MB = 280
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Run:
    """One start: seconds until the page answers and until all is said; MB of each process."""

    name: str
    ready_s: float
    greeted_s: float
    pss_mb: dict[str, float] = field(default_factory=dict)

    @property
    def total_mb(self) -> float:
        """All processes together."""
        return sum(self.pss_mb.values())


def main() -> int:
    """Measure, print, and say whether the bar is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=float, default=75.0, help="seconds to wait before a look")
    parser.add_argument("--bar", type=float, default=BAR_MB, help="MB allowed at rest")
    parser.add_argument("--only-first", action="store_true", help="leave out the second start")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cogep-footprint-") as folder:
        runs = [_start(folder, "first", options.idle)]
        if not options.only_first:
            runs.append(_start(folder, "again", options.idle))
        commands = _time_commands(folder)
    if options.json:
        print(json.dumps({"runs": [asdict(run) for run in runs], "commands_s": commands}))
    else:
        _show(runs, commands)
    return 0 if max(run.total_mb for run in runs) <= options.bar else 1


def _start(folder: str, name: str, idle: float) -> Run:
    port = _free_port()
    began = time.monotonic()
    process = subprocess.Popen(
        [*COGEP, "up", "--port", str(port), "--data-dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=_environment(),
    )
    try:
        _until(lambda: _accepts(port), process)
        ready = time.monotonic() - began
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        greeted = time.monotonic() - began
        time.sleep(idle)
        return Run(name, ready, greeted, _weigh(process.pid, folder))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _environment() -> dict[str, str]:
    """Return ours without what would lead to another base or keep bytecode from being kept."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COGEP_", "POSTGRES_", "DATABASE_URL", "PYTHONDONTWRITE"))
    }


def _accepts(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1.0)
        return one.connect_ex(("127.0.0.1", port)) == 0


def _until(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("cogep up did not start")
        time.sleep(0.05)


def _weigh(supervisor: int, folder: str) -> dict[str, float]:
    """Return the MB of each process: the supervisor's family, and the database's."""
    found = {}
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if any(folder in word for word in words):
            for one in (process, *process.children(recursive=True)):
                found[one.pid] = one
    pid_file = Path(folder, "postgres/postmaster.pid")
    server = psutil.Process(int(pid_file.read_text().split()[0]))
    for one in (server, *server.children(recursive=True)):
        found[one.pid] = one
    weights: dict[str, float] = {}
    for pid, process in sorted(found.items()):
        with_pss = _pss_mb(pid)
        if with_pss:
            name = _name(process, supervisor)
            weights[name] = weights.get(name, 0.0) + with_pss
    return weights


def _pss_mb(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _name(process: psutil.Process, supervisor: int) -> str:
    if process.pid == supervisor:
        return "supervisor"
    words = process.cmdline()
    if words[0].startswith("postgres") or Path(words[0]).name == "postgres":
        return "PostgreSQL"
    if any("embedded_keeper" in word for word in words):
        return "keeper"
    return next((word for word in ("serve", "worker") if word in words), process.name())


def _time_commands(folder: str) -> dict[str, float]:
    """Return the median seconds of commands that people wait for."""
    commands = {"cogep --version": ["--version"], "cogep --help": ["--help"]}
    commands["cogep doctor"] = ["doctor", "--data-dir", folder]
    return {name: _median_seconds(words) for name, words in commands.items()}


def _median_seconds(words: list[str]) -> float:
    spent = []
    for _ in range(3):
        began = time.monotonic()
        subprocess.run([*COGEP, *words], capture_output=True, check=False, env=_environment())
        spent.append(time.monotonic() - began)
    return statistics.median(spent)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _show(runs: list[Run], commands: dict[str, float]) -> None:
    for run in runs:
        print(f"{run.name}: ready {run.ready_s:.1f} s, all said {run.greeted_s:.1f} s")
        for name, weight in sorted(run.pss_mb.items(), key=lambda pair: -pair[1]):
            print(f"  {weight:7.1f} MB  {name}")
        print(f"  {run.total_mb:7.1f} MB  all (PSS)")
    for name, seconds in commands.items():
        print(f"{name}: {seconds:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
