"""Numbers of requests, receipts and incidents, and the code that opens a request's page."""

import base64
import hmac
import re

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import secret_key
from cogep_assist.core.models import LgpdCounter

CODE_CHARS = 10
_WRITTEN = re.compile(r"LGPD[-\s./]?(\d{4})[-\s./]?(\d{6,9})", re.ASCII | re.IGNORECASE)
NOW = sa.func.clock_timestamp()


async def next_number(session: AsyncSession, series: str, timezone: str) -> str:
    """Take the year's next number of a series: ``LGPD-2026-000001``.

    Two at once: the second waits for the first's commit, so that no number is used twice or left
    out. Call it last of what can be refused.
    """
    year = sa.cast(sa.extract("year", sa.func.timezone(timezone, NOW)), sa.SmallInteger)
    row = (
        await session.execute(
            insert(LgpdCounter)
            .from_select(
                ["series", "year", "last"], sa.select(sa.literal(series), year, sa.literal(1))
            )
            .on_conflict_do_update(
                index_elements=[LgpdCounter.series, LgpdCounter.year],
                set_={"last": LgpdCounter.last + 1},
            )
            .returning(LgpdCounter.year, LgpdCounter.last)
        )
    ).one()
    return f"{series}-{row.year:04d}-{row.last:06d}"


def read_protocol(text: str) -> str | None:
    """Return a request's protocol in its one written form, or None for a text that is none."""
    found = _WRITTEN.fullmatch(text.strip())
    return None if found is None else f"LGPD-{found[1]}-{found[2]}"


def code_of(protocol: str) -> str:
    """Return the code that, with the protocol, opens a request's public page.

    It is drawn from the protocol by a key outside the database (50 bits, base 32), so that it can
    be shown again and is stored nowhere.
    """
    digest = hmac.digest(secret_key.derive("subject-request-code"), protocol.encode(), "sha256")
    return base64.b32encode(digest).decode()[:CODE_CHARS]


def code_fits(protocol: str, code: str) -> bool:
    """Tell whether a code is the protocol's, in a time that does not tell how much of it is."""
    given = code.strip().upper().replace("-", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, code_of(protocol).encode())


def paper_code_of(protocol: str) -> str:
    """Return the code that, with the protocol, lets a paper be added to a request, and no more.

    It stands in the address of a form with a file, where the request's own code must not.
    """
    digest = hmac.digest(secret_key.derive("subject-request-paper"), protocol.encode(), "sha256")
    return base64.b32encode(digest).decode()[:CODE_CHARS]


def paper_code_fits(protocol: str, code: str) -> bool:
    """Tell whether a code lets papers be added to a protocol's request."""
    given = code.strip().encode("utf-8", "replace")
    return hmac.compare_digest(given, paper_code_of(protocol).encode())
