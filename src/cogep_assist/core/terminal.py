"""Commands to a terminal inside a text: colours, links that it opens, resets. Pure."""

import re

_INTRODUCERS = "\x1b\x90\x98\x9b\x9d\x9e\x9f"
_STRING = r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])"
_COMMAND = re.compile(
    # Colours and movements; strings such as links and titles; then what is two signs long.
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    rf"|{_STRING}[^\x07\x1b\x9c\n]{{0,500}}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_UNFINISHED = re.compile(
    rf"(?:(?:\x1b\[|\x9b)[0-?]*[ -/]*|{_STRING}[^\x07\x1b\x9c\n]{{0,500}}\x1b?|\x1b[ -/]*)\Z"
)


def without_commands(text: str) -> str:
    """Return a text without the commands to a terminal that it holds, whole ones alone."""
    return _COMMAND.sub("", text)


def unfinished_command(text: str) -> int:
    """Return where a command begins that the end of a text may have cut, else the text's length."""
    last = max(text.rfind(sign) for sign in _INTRODUCERS)
    if last < 0:
        return len(text)
    # The escape at the very end may be half of what ends a string.
    before = max(text.rfind(sign, 0, last) for sign in _INTRODUCERS)
    for place in (before, last):
        if place >= 0 and _UNFINISHED.match(text, place):
            return place
    return len(text)
