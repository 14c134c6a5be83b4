"""How what leaves by webhook is signed, and how a signature is checked (pure).

``v1`` is the hexadecimal HMAC-SHA256 of ``v1:<timestamp>:<raw body>`` under the text of the
secret. While a secret is being replaced there are two, each with its own ``v1=``.
"""

import hmac
from collections.abc import Sequence

EVENT_ID = "X-Cogep-Event-Id"
TIMESTAMP = "X-Cogep-Timestamp"
SIGNATURE = "X-Cogep-Signature"
TOLERANCE_SECONDS = 300


def sign(secrets: Sequence[str], timestamp: int, body: bytes) -> str:
    """Return the value of the signature's header, one signature for each live secret."""
    return ",".join(f"v1={_digest(secret, str(timestamp), body)}" for secret in secrets)


def is_signed(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Tell whether a message was signed with a secret, and within the last five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    expected = f"v1={_digest(secret, timestamp, body)}".encode()
    given = [part.strip().encode("ascii", "replace") for part in signature[:1000].split(",")]
    # Each is compared in full: the time taken tells nothing.
    return sum(hmac.compare_digest(expected, one) for one in given) > 0


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    signed = b"v1:" + timestamp.encode() + b":" + body
    return hmac.new(secret.encode(), signed, "sha256").hexdigest()
