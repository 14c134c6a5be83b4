"""Cut the power under a whole installation, again and again: what was accepted must be there.

The data folder lies on a file system of its own (ext4 in a file, kept from writing by itself). At a
random moment that file system is shut down without writing anything more, as xfstests' ``godown``
does: what nobody had synchronised is gone. Everything is then killed, the file system is mounted
again (its journal is replayed, as after any power cut) and ``cogep up`` starts on what is left.

Checked after each cut: every job that was answered 202 is there and ends well; every backup that
was reported is whole; the base can be searched; the audit's chain holds; schema and contents agree;
our own files can be read. Every third cut falls into a first start instead.

Needs Linux, root, mkfs.ext4 and loop devices: ``sudo make bench-power_cut ARGS="--rounds 20"``.
"""

import argparse
import collections
import ctypes
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

# <linux/ext4.h>: EXT4_IOC_SHUTDOWN and EXT4_GOING_FLAGS_NOLOGFLUSH.
SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
PORT = 18_190
COGEP = [sys.executable, "-m", "cogep_assist"]
READY_SECONDS, END_SECONDS = 120, 120
# Enough to have something under way at any moment, and few enough to look at each afterwards.
PAUSE_SECONDS = 0.05


@dataclass
class Disk:
    """An ext4 file system in a file, whose power can be cut."""

    image: Path
    folder: Path

    def make(self) -> None:
        """Make it anew; nothing reaches it in time unless somebody asks."""
        with self.image.open("wb") as file:
            file.truncate(3 * 2**30)
        call("mkfs.ext4", "-q", "-F", str(self.image))
        self.folder.mkdir(exist_ok=True)
        self.mount()

    def mount(self) -> None:
        """Mount it; the journal is replayed."""
        # Without noauto_da_alloc ext4 hides the most usual mistake, a rename without an fsync.
        call("mount", "-o", "loop,commit=300,noauto_da_alloc", str(self.image), str(self.folder))

    def cut(self) -> None:
        """Lose at once all that was not synchronised, and answer nobody any more."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, ctypes.c_uint32(NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def unmount(self) -> None:
        """Unmount it once its last user is gone."""
        for _ in range(100):
            if (
                subprocess.run(["umount", self.folder], check=False, capture_output=True).returncode
                == 0
            ):
                return
            time.sleep(0.1)
        raise RuntimeError(f"somebody still uses {self.folder}")


@dataclass
class Promises:
    """What the installation has said that it did; kept on another disk."""

    jobs: set[str] = field(default_factory=set)
    backups: set[str] = field(default_factory=set)


def call(*command: str) -> str:
    """Run a program to its end and return what it said."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout} {done.stderr}")
    return done.stdout


def start(data: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start everything on a data folder."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [*COGEP, "up", "--no-sample", "--port", str(PORT), "--data-dir", str(data)],
            stdout=output, stderr=output, start_new_session=True, env=environment(data),
        )  # fmt: skip


def environment(data: Path) -> dict[str, str]:
    """Return this environment without what would lead elsewhere."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "COGEP_DATA_DIR": str(data), "COGEP_MAIL_MODE": "file"}


def wait_ready(process: subprocess.Popen[bytes]) -> float:
    """Wait until it answers and return the seconds that took."""
    begun = time.monotonic()
    while time.monotonic() < begun + READY_SECONDS:
        if process.poll() is not None:
            raise RuntimeError(f"cogep up ended with {process.returncode}")
        try:
            ask("/readyz")
        except OSError:
            time.sleep(0.1)
        else:
            return time.monotonic() - begun
    raise RuntimeError("cogep up does not get ready")


def ask(path: str, key: str = "", body: Any = None) -> Any:
    """Send one request to the API; OSError where it does not answer well."""
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}")
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def use(key: str, promises: Promises, stop: threading.Event, name: str) -> None:
    """Bring in documents and note each 202, until told to stop or nobody answers."""
    number = 0
    while not stop.is_set():
        number += 1
        text = f"Comunicado {name} {number}: o prazo de Conceição Araújo é de {number} dias úteis."
        try:
            job = ask("/ingest", key, {"text": text, "title": f"Comunicado {name} {number}"})
        except OSError:
            return
        promises.jobs.add(job["id"])
        time.sleep(PAUSE_SECONDS)


def copy(data: Path, promises: Promises, stop: threading.Event) -> None:
    """Make backups and note each that was reported."""
    while not stop.is_set():
        target = data / f"copia-{time.monotonic_ns()}.cogepbk"
        done = subprocess.run(
            [*COGEP, "backup", str(target)], check=False, capture_output=True, env=environment(data)
        )
        if done.returncode == 0 and not stop.is_set():
            promises.backups.add(target.name)


def kill_all(folder: Path) -> None:
    """Kill whatever has its place on the disk."""
    for one in psutil.process_iter():
        try:
            if str(folder) in " ".join([one.cwd(), *one.cmdline()]) and one.pid != os.getpid():
                one.send_signal(signal.SIGKILL)
        except psutil.Error:
            continue


def wrong_after(data: Path, key: str, promises: Promises) -> list[str]:
    """Return what is not as it was promised."""
    ends = collections.Counter(end_of(job, key) for job in promises.jobs)
    wrong = [f"jobs: {dict(ends)}"] if set(ends) - {"completed"} else []
    if promises.jobs and not ask("/search?q=prazo+de+Concei%C3%A7%C3%A3o", key)["results"]:
        wrong.append("the search finds nothing")
    for name in promises.backups:
        wrong += complaint(data, "restore", "--check", str(data / name))
    wrong += complaint(data, "audit", "verify")
    wrong += complaint(data, "db", "check")
    wrong += [str(path) for path in data.rglob("*.json") if not whole(path)]
    return wrong


def end_of(job: str, key: str) -> str:
    """Wait for a job's end and return its status, or that nobody knows it."""
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        try:
            status = str(ask(f"/ingest/{job}?wait=10", key)["status"])
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        if status not in {"pending", "processing"}:
            return status
    return status


def complaint(data: Path, *words: str) -> list[str]:
    """Run a command of ours; what it said where it was not satisfied."""
    done = subprocess.run(
        [*COGEP, *words], check=False, capture_output=True, text=True, env=environment(data)
    )
    return [] if done.returncode == 0 else [f"{words}: {done.stdout[-300:]}{done.stderr[-300:]}"]


def whole(path: Path) -> bool:
    """Tell whether a file of ours can be read."""
    if "postgres" in path.parent.parts:
        return True
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def round_in_use(disk: Disk, log: Path, chance: random.Random) -> tuple[list[str], str]:
    """Cut while documents and backups are being made, three times on the same base."""
    data, promises, key = disk.folder / "dados", Promises(), ""
    seconds = []
    process = start(data, log)
    wait_ready(process)
    key = made_key(data)
    for cut in range(3):
        stop = threading.Event()
        hands = [
            threading.Thread(target=use, args=(key, promises, stop, f"{cut}.{n}")) for n in range(4)
        ]
        hands.append(threading.Thread(target=copy, args=(data, promises, stop)))
        for hand in hands:
            hand.start()
        time.sleep(chance.uniform(0.5, 8))
        stop.set()
        disk.cut()
        kill_all(disk.folder)
        process.wait()
        for hand in hands:
            hand.join()
        disk.unmount()
        disk.mount()
        process = start(data, log)
        seconds.append(wait_ready(process))
        wrong = wrong_after(data, key, promises)
        if wrong:
            break
    stop_politely(process, disk)
    told = f"{len(promises.jobs)} jobs, {len(promises.backups)} backups; ready again in "
    return wrong, told + ", ".join(f"{one:.1f} s" for one in seconds)


def round_first_start(disk: Disk, log: Path, chance: random.Random) -> tuple[list[str], str]:
    """Cut in the middle of a first start, then start again."""
    data = disk.folder / "dados"
    moment = chance.uniform(0.3, 9)
    process = start(data, log)
    time.sleep(moment)
    disk.cut()
    kill_all(disk.folder)
    process.wait()
    disk.unmount()
    disk.mount()
    left = sorted(path.name for path in data.iterdir()) if data.exists() else []
    process = start(data, log)
    wait_ready(process)
    wrong = wrong_after(data, made_key(data), Promises())
    stop_politely(process, disk)
    return wrong, f"cut {moment:.1f} s into a first start, which left {left}"


def made_key(data: Path) -> str:
    """Make a key and return it; it is on the disk when the command has ended."""
    done = subprocess.run(
        [*COGEP, "key", "create", "energia", "--role", "admin", "--quiet"],
        check=True, capture_output=True, text=True, env=environment(data),
    )  # fmt: skip
    return done.stdout.strip()


def stop_politely(process: subprocess.Popen[bytes], disk: Disk) -> None:
    """Stop everything and let go of the disk."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        kill_all(disk.folder)
        process.wait()
    disk.unmount()


def main() -> None:
    """Run the rounds and say what was seen; ends with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    chance, broken = random.Random(options.seed), 0
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cogep-energia-") as name:
        Path(name).chmod(0o755)
        disk = Disk(Path(name, "disk.img"), Path(name, "disk"))
        for number in range(options.rounds):
            disk.make()
            log = Path(name, f"up-{number}.log")
            play = round_first_start if number % 3 == 2 else round_in_use
            try:
                wrong, told = play(disk, log, chance)
            except (RuntimeError, OSError) as error:
                said = log.read_text("utf-8", "replace")[-1500:]
                wrong, told = [f"{error}\n{said}"], "failed"
                kill_all(disk.folder)
                disk.unmount()
            broken += bool(wrong)
            print(f"{number}: {told}: {wrong or 'all there'}", flush=True)
    print(f"{options.rounds} rounds, {broken} with a broken promise")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
