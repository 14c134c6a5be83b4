"""How what leaves by webhook is signed, and how a signature is checked (pure).

``v1`` is the hexadecimal HMAC-SHA256 of ``v1:<timestamp>:<raw body>`` under the text of the
secret. While a secret is being replaced there are two, each with its own ``v1=``.
"""

import hmac
import re
from collections.abc import Sequence

EVENT_ID = "X-Cogep-Event-Id"
TIMESTAMP = "X-Cogep-Timestamp"
SIGNATURE = "X-Cogep-Signature"
TOLERANCE_SECONDS = 300
MAX_SIGNATURE_CHARS = 1000
_IN_FORM = re.compile(rb"v1=[0-9a-f]{64}")


def sign(secrets: Sequence[str], timestamp: int, body: bytes) -> str:
    """Return the value of the signature's header, one signature for each live secret."""
    return ",".join(f"v1={_digest(secret, str(timestamp), body)}" for secret in secrets)


class SignatureCheck:
    """A signature, judged as its message arrives: by a secret, and five minutes old at most.

    ``may_hold`` tells from the headers alone: nothing need be read of what is stale or unsigned.
    """

    def __init__(self, secret: str, timestamp: str, signature: str, now: float) -> None:
        self._given = [part.strip().encode("ascii", "replace") for part in signature.split(",")]
        self.may_hold = (
            len(signature) <= MAX_SIGNATURE_CHARS
            and _is_fresh(timestamp, now)
            and any(map(_IN_FORM.fullmatch, self._given))
        )
        self._digest = _begun(secret, timestamp)

    def take(self, part: bytes) -> None:
        """Take in the next part of the body."""
        self._digest.update(part)

    def holds(self) -> bool:
        """Tell whether one of the signatures is that of all that was taken in."""
        expected = f"v1={self._digest.hexdigest()}".encode()
        # Each is compared in full: the time taken tells nothing.
        same = sum(hmac.compare_digest(expected, one) for one in self._given)
        return self.may_hold and same > 0


def _is_fresh(timestamp: str, now: float) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now - int(timestamp)) <= TOLERANCE_SECONDS


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    digest = _begun(secret, timestamp)
    digest.update(body)
    return digest.hexdigest()


def _begun(secret: str, timestamp: str) -> "hmac.HMAC":
    return hmac.new(secret.encode(), b"v1:" + timestamp.encode() + b":", "sha256")
