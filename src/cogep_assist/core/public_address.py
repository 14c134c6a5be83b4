"""Where people reach this installation: never what a request claims, for links go into mails."""

import contextlib
import json

from cogep_assist.core.config import Settings
from cogep_assist.core.file_lock import UP_LOCK, is_held

DEFAULT_ADDRESS = "http://127.0.0.1:8000"


def public_address(settings: Settings) -> str | None:
    """Return the public address that is set, or that of a running ``cogep up``, or None."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    # The note outlives a process that was killed; its lock does not.
    with contextlib.suppress(OSError, ValueError):
        if is_held(settings.data_dir / UP_LOCK):
            note = json.loads((settings.data_dir / "up.json").read_text("utf-8"))
            url = note.get("url")
            return url.rstrip("/") if isinstance(url, str) else None
    return None


def link_base(settings: Settings) -> str:
    """Return the address that links to people begin with, without a slash at its end."""
    return public_address(settings) or DEFAULT_ADDRESS
