"""Read a mail that a server hands in: anybody may send one here, until its signature is judged."""

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile

from cogep_assist.core.errors import AppError
from cogep_assist.core.webhook_signature import SignatureCheck

# What a stranger may have us hold in memory; the rest waits in a temporary file.
IN_MEMORY_BYTES = 256 * 1024


async def read_signed(body: AsyncIterator[bytes], check: SignatureCheck) -> bytes:
    """Return a body once its signature holds.

    Raises AppError("signature_invalid"): before a byte is read, where the headers alone tell.
    """
    if not check.may_hold:
        raise AppError("signature_invalid")
    # A file's writes of some kilobytes go to the system's memory: no thread is worth its turn.
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as kept:
        async for part in body:
            check.take(part)
            kept.write(part)
        if not check.holds():
            raise AppError("signature_invalid")
        kept.seek(0)
        return kept.read()
