"""E-mail addresses: one form for each mailbox, without asking any server."""

from email_validator import EmailNotValidError, validate_email

from cogep_assist.core.brazil.typed_text import mixes_scripts, plain

MAX_CHARS = 254
_INSIDE = (".local", ".test")
_OUTSIDE = ".org.br"
# Providers that read ana.souza+loja@ and anasouza@ into one mailbox.
_DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})
_PLUS_IS_A_NOTE = _DOTS_DO_NOT_COUNT | {"outlook.com", "hotmail.com", "icloud.com", "live.com"}


def normalize_email(text: str) -> str | None:
    """Return an address in lower case, its domain in ASCII, or None for one that is none.

    Intranet names such as ``empresa.local`` are taken; a domain without a dot is not, nor
    a domain that mixes scripts to look like another.
    """
    typed = plain(text).removeprefix("mailto:")
    if not 3 <= len(typed) <= MAX_CHARS or mixes_scripts(typed):
        return None
    # The validator knows that these names lead nowhere outside, and inside they do.
    added = _OUTSIDE if typed.lower().endswith(_INSIDE) else ""
    try:
        found = validate_email(
            typed + added,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return None
    domain = (found.ascii_domain or found.domain).lower().removesuffix(added)
    return f"{found.local_part.lower()}@{domain}" if "." in domain else None


def mailbox(canonical: str) -> str:
    """Return what tells mailboxes apart: an address without the dots and notes in it."""
    local, _, domain = canonical.rpartition("@")
    if domain in _PLUS_IS_A_NOTE:
        local = local.partition("+")[0] or local
    if domain in _DOTS_DO_NOT_COUNT:
        return f"{local.replace('.', '') or local}@gmail.com"
    return f"{local}@{domain}"
