"""Celery's tasks: doorbells. Nothing comes in but the ring, nothing goes out."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutdown

from cogep_assist.worker_service.celery_process import close_process, this_process


@shared_task(name="cogep_assist.drain", ignore_result=True)
def drain() -> None:
    """Run what is due, for a while; where more is due then, ring again."""
    if this_process().drain():
        drain.apply_async(expires=15.0, retry=False)


@shared_task(name="cogep_assist.sweep", ignore_result=True)
def sweep() -> None:
    """Take back what dead workers held, start recurring duties, and drain what waits."""
    if this_process().sweep():
        drain.apply_async(expires=15.0, retry=False)


@worker_process_shutdown.connect
@worker_shutdown.connect
def _leave(**_: Any) -> None:
    close_process()
