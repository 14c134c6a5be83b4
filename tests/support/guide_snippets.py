"""Code out of the guide of webhooks, as its readers copy it."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "como-fazer" / "webhooks.md"


def snippet(opening: str) -> str:
    """Return the block of code that opens with a word, such as "python"."""
    found = re.search(rf"```{re.escape(opening)}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]
