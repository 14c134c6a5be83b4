"""Commands in files that nobody runs in the tests: their own parsers read them."""

from typing import Any

from celery.bin.celery import celery as celery_command

from cogep_assist.cli.app import build


def assert_understood(words: list[str]) -> None:
    """Let the command's own parser read the words; nothing of it runs."""
    program, *rest = words
    command: Any = build() if program == "cogep" else celery_command
    while True:
        context = command.context_class(command, info_name=program)
        _, remaining, _ = command.make_parser(context).parse_args(list(rest))
        if not hasattr(command, "get_command"):
            assert not remaining, words
            return
        program, *rest = remaining
        command = command.get_command(context, program)
        assert command is not None, words
