"""The Celery application of the scaled-out mode: it carries bells, never jobs or results."""

import logging
from typing import Any

from billiard import pool
from celery import Celery
from celery.signals import setup_logging

from cogep_assist.core.config import Settings, get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import configure_logging

SWEEP_SECONDS = 2.0
# An ending child waits until its parent has counted what it did, for thirty seconds. A parent that
# was asked to end just then counts no more; a bell has no result that could be lost meanwhile.
COUNTED_WITHIN_SECONDS = 2.0
# Three lines for each ring, every two seconds, from which nobody learns anything.
TELLING_EVERY_RING = ("celery.beat", "celery.worker.strategy", "celery.app.trace")
pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = round(
    COUNTED_WITHIN_SECONDS / pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_INTERVAL
)


def make_celery(settings: Settings) -> Celery:
    """Make the application for a broker.

    Raises AppError("broker_missing") where CELERY_BROKER_URL is not set.
    """
    if settings.celery_broker_url is None:
        raise AppError("broker_missing")
    app = Celery(
        "cogep_assist",
        broker=settings.celery_broker_url.get_secret_value(),
        include=["cogep_assist.worker_service.tasks"],
    )
    app.conf.update(
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_serializer="json",
        accept_content=["json"],
        # A lost or repeated bell does no harm, so the broker need not keep what is under way.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        # Else our own log lines, which go to standard error, are swallowed as an echo.
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        # For ever: to give up after a hundred tries would end a worker that needs no broker.
        broker_connection_max_retries=None,
        broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 5},
        enable_utc=True,
        beat_schedule={
            "sweep": {
                "task": "cogep_assist.sweep",
                "schedule": SWEEP_SECONDS,
            }
        },
    )
    return app


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery has no types
def _log_as_every_process_does(**_: Any) -> None:
    # Beat and the parent of a prefork pool too; who listens here replaces Celery's own lines.
    level = get_settings().log_level
    configure_logging(level)
    if level != "DEBUG":
        for name in TELLING_EVERY_RING:
            logging.getLogger(name).setLevel(logging.WARNING)


def __getattr__(name: str) -> Celery:
    # `celery -A cogep_assist.worker_service.celery_app` asks for `app`; nobody else pays for it.
    if name in {"app", "celery"}:
        made = make_celery(get_settings())
        globals()["app"] = globals()["celery"] = made
        return made
    raise AttributeError(name)
