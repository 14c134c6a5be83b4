"""The log of what leaves for a model: written and committed before the first byte leaves."""

from dataclasses import asdict, dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import ACTING, REQUEST_ID, get_logger
from cogep_assist.core.models import ModelKind, ModelProvider, ModelTransfer

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one call sends, without a word of it: where to, under what, how much, and its hash."""

    kind: ModelKind
    provider: ModelProvider
    host: str
    model: str
    country: str | None
    mechanism: str | None
    payload_sha256: bytes
    payload_bytes: int
    items: int
    replaced: dict[str, int] = field(default_factory=dict)


class TransferLog:
    """Write transfers in transactions of their own: what left stays told, whatever comes after."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, transfer: Transfer) -> None:
        """Write one transfer. Raises AppError("model_transfer_not_recorded"): then nothing leaves.

        The transaction is not the caller's, because a roll-back does not call a transfer back.
        """
        known = {"request_id": REQUEST_ID.get(), "actor": ACTING.get()}
        try:
            async with self._database.begin() as session:
                session.add(ModelTransfer(**asdict(transfer), **known))
        except (SQLAlchemyError, OSError) as error:
            log.warning("model_transfer_not_recorded", error=type(error).__name__)
            raise AppError("model_transfer_not_recorded") from None
