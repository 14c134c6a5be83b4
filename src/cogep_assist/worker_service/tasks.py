"""Celery's tasks: doorbells. Nothing comes in but the ring, nothing goes out."""

from typing import Any

from celery import shared_task
from celery.signals import (
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
)

from cogep_assist.worker_service.celery_bell import Ring
from cogep_assist.worker_service.celery_process import close_process, ring_process


@shared_task(name="cogep_assist.drain", base=Ring, ignore_result=True)
def drain() -> None:
    """Wake this process's worker: there is something to do."""
    ring_process()


@shared_task(name="cogep_assist.sweep", base=Ring, ignore_result=True)
def sweep() -> None:
    """Wake this process's worker, of which there may be none yet, in case a ring was lost."""
    ring_process()


@worker_process_init.connect
def _begin_in_child(**_: Any) -> None:
    # At once and not at the first ring: an idle process too takes over what a dead one held.
    ring_process()


@worker_ready.connect
def _begin_here(sender: Any, **_: Any) -> None:
    # The parent of a prefork pool only minds its children, and may not have threads at a fork.
    if not type(sender.pool).__module__.endswith(".prefork"):
        ring_process()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _leave(**_: Any) -> None:
    close_process()
