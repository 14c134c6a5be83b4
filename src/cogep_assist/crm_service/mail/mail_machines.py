"""Tell people's mail from machines' (pure): RFC 3834, and what programs do instead."""

import enum
import re

from cogep_assist.pipeline.parse.mail_reply import ParsedMail

# Vacation notices and receipts: they answer a letter, and answering them would go on for ever.
_ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder")
_RETURNED = ("mailer-daemon@", "postmaster@")


class Writer(enum.Enum):
    """Who, or what, seems to have written a mail."""

    PERSON = "person"
    # A program that reports something, or a list: read, and never answered.
    PROGRAM = "program"
    # An answer by a machine: neither read by the desk nor answered.
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"


def writer_of(mail: ParsedMail) -> Writer:
    """Return who seems to have written a mail, by its headers alone."""
    marks = mail.marks
    sender = mail.sender[0][1].lower() if mail.sender else ""
    if mail.report is not None or sender.startswith(_RETURNED) or "x-failed-recipients" in marks:
        return Writer.BOUNCE
    submitted = _first_word(marks.get("auto-submitted", "no"))
    precedence = marks.get("precedence", "")
    answers = any(marks.get(name, "no") not in {"no", ""} for name in _ANSWERS)
    if submitted == "auto-replied" or precedence == "auto_reply" or answers:
        return Writer.AUTO_REPLY
    empty_path = mail.return_path.replace(" ", "") == "<>"
    if empty_path and submitted == "no":
        # Nobody is to be told if it fails: a notice of some kind.
        return Writer.AUTO_REPLY
    lists = "list-id" in marks or "list-unsubscribe" in marks
    if submitted != "no" or precedence in {"bulk", "junk", "list"} or lists:
        return Writer.PROGRAM
    return Writer.PERSON


def wants_no_answer(mail: ParsedMail) -> bool:
    """Tell whether nothing automatic may be sent back to who wrote this."""
    suppressed = mail.marks.get("x-auto-response-suppress", "")
    asked = any(word in suppressed for word in ("all", "autoreply"))
    sender = mail.sender[0][1].lower() if mail.sender else ""
    local = sender.partition("@")[0].replace("-", "").replace("_", "").replace(".", "")
    quiet = local.startswith(("noreply", "naoresponda", "donotreply", "mailerdaemon"))
    return writer_of(mail) is not Writer.PERSON or asked or quiet


def _first_word(text: str) -> str:
    """Return a header's word without the comments and parameters that may follow it."""
    return re.split(r"[;(\s]", text.strip(), maxsplit=1)[0]
