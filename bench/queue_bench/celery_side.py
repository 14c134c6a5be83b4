"""Celery with Redis: a worker that does nothing, and tells how fast.

celery_side.py BROKER JOBS POOL
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import redis
from celery import Celery

app = Celery("medida", broker="redis://127.0.0.1:6379/0")
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)


@app.task(name="noop")
def noop() -> None:
    """Do nothing."""


def main() -> None:
    broker, jobs, pool = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    app.conf.broker_url = broker
    client = redis.Redis.from_url(broker)
    client.flushall()
    for _ in range(jobs):
        noop.delay()
    # Celery keeps no result here, so the queue's length tells how far the worker is.
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "--app=celery_side", f"--broker={broker}"),
            *("worker", f"--pool={pool}", "--concurrency=2", "--loglevel=ERROR"),
            *("--without-mingle", "--without-gossip", "--without-heartbeat"),
        ],
        cwd=Path(__file__).parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while (left := int(client.llen("celery"))) == jobs:
            time.sleep(0.001)
        began, first = time.perf_counter(), left
        while int(client.llen("celery")) > 0:
            time.sleep(0.002)
        print(json.dumps({"per_s": first / (time.perf_counter() - began)}))
    finally:
        worker.terminate()
        worker.wait(20)


if __name__ == "__main__":
    main()
