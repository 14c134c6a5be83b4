"""The code by which whoever opened a ticket is known, without an account."""

import base64
import hmac

from cogep_assist.core import secret_key

PROOF_CHARS = 10


def proof_of(protocol: str) -> str:
    """Return the code that, with the protocol, opens a ticket's public page.

    It is drawn from the protocol by a key outside the database (50 bits, base 32), so that
    it can be shown again and is stored nowhere.
    """
    digest = hmac.digest(secret_key.derive("ticket-proof"), protocol.encode(), "sha256")
    return base64.b32encode(digest).decode()[:PROOF_CHARS]
