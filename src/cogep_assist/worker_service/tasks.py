"""Celery's tasks: doorbells. Nothing comes in but the ring, nothing goes out."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_shutdown, worker_shutdown
from kombu.exceptions import OperationalError

from cogep_assist.core.logging import get_logger
from cogep_assist.worker_service.celery_bell import Ring
from cogep_assist.worker_service.celery_process import close_process, this_process

log = get_logger(__name__)


@shared_task(name="cogep_assist.drain", base=Ring, ignore_result=True)
def drain() -> None:
    """Run what is due, for a while; where more is due then, ring again."""
    if this_process().drain():
        _ring_again()


@shared_task(name="cogep_assist.sweep", base=Ring, ignore_result=True)
def sweep() -> None:
    """Take back what dead workers held, start recurring duties, and drain what waits."""
    if this_process().sweep():
        _ring_again()


def _ring_again() -> None:
    try:
        drain.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        # Without a broker nobody rings; the next sweep after it is back finds what waits.
        log.warning("bell_not_rung", error=type(error).__name__)


@worker_process_shutdown.connect
@worker_shutdown.connect
def _leave(**_: Any) -> None:
    close_process()
