"""Passwords: what is strong enough, and how they are kept and checked.

Length and not composition, after NIST SP 800-63B-4, 3.1.1.2: at least 12 characters, at most 256,
any character; refused are the ones that guessers try first and those made of what they know.
"""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from cogep_assist.core.errors import AppError

MIN_CHARS = 12
MAX_CHARS = 256
# Each check takes 64 MiB: a burst of them must not take the machine's memory.
CHECKS_AT_ONCE = 4
MIN_KNOWN_CHARS = 4
MIN_DIFFERENT = 5
MIN_LEFT = 8

# RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=4),))
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz" * 2,
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
)
_DIGITS_FOR_LETTERS = str.maketrans("0134578@$!", "oieastbasi")
_slots: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
_stand_in: list[str] = []


def check_strength(password: str, *, known: Sequence[str] = ()) -> None:
    """Raise AppError("password_too_short"|"password_too_long"|"password_weak").

    ``known``: what a guesser knows of the person: address, name, organisation.
    """
    length = len(normalized(password))
    if length < MIN_CHARS:
        raise AppError("password_too_short", minimum=MIN_CHARS)
    if length > MAX_CHARS:
        raise AppError("password_too_long", maximum=MAX_CHARS)
    reason = _weakness(password, known)
    if reason is not None:
        raise AppError("password_weak", reason=reason)


def normalized(password: str) -> str:
    """Return one form of a password, however a keyboard composes its accents (NFKC)."""
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password in PHC form, made beside the event loop."""
    async with _slot():
        return await asyncio.to_thread(_HASHER.hash, normalized(password))


async def verify_password(password: str, stored: str | None) -> bool:
    """Tell whether a password is the stored one; without one, take as long and say no."""
    if len(password) > MAX_CHARS * 4:
        return False
    async with _slot():
        return await asyncio.to_thread(_verify, normalized(password), stored)


def _verify(password: str, stored: str | None) -> bool:
    # Made at the first check of all, so that no single answer takes longer by it.
    if not _stand_in:
        _stand_in.append(_HASHER.hash("uma senha que ninguém tem"))
    if stored is None:
        _HASHER.verify(password, _stand_in[0])
        return False
    try:
        return _HASHER.verify(password, stored)
    except PwdlibError:
        return False


def _slot() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _slots:
        _slots.clear()
        _slots[loop] = asyncio.Semaphore(CHECKS_AT_ONCE)
    return _slots[loop]


def _weakness(password: str, known: Sequence[str]) -> str | None:
    plain = _plain(password)
    if len(set(plain)) < MIN_DIFFERENT:
        return "repete poucos caracteres"
    if _is_sequence(plain):
        return "é uma sequência de teclado, letras ou números"
    if _is_repeated(plain) or _without_common(plain):
        return "está entre as primeiras que se tentam"
    for text in known:
        for part in _known_parts(text):
            if part in plain and len(plain.replace(part, "")) < MIN_LEFT:
                return "é feita do seu nome, e-mail ou organização"
    return None


def _plain(password: str) -> str:
    decomposed = unicodedata.normalize("NFKD", password).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c) and not c.isspace())


def _is_sequence(plain: str) -> bool:
    letters = re.sub(r"[^a-z0-9]", "", plain)
    runs = [*_SEQUENCES, *(s[::-1] for s in _SEQUENCES)]
    return any(letters in run for run in runs)


def _is_repeated(plain: str) -> bool:
    """Whether a short piece is all that it is made of, as in "senhasenhasenha"."""
    return any(
        plain == (plain[:size] * (len(plain) // size + 1))[: len(plain)]
        for size in range(1, min(6, len(plain) // 2) + 1)
    )


def _without_common(plain: str) -> bool:
    """Whether little is left once the words that everybody tries are taken out."""
    for reading in (plain, plain.translate(_DIGITS_FOR_LETTERS)):
        rest = reading
        for word in _common_words():
            rest = rest.replace(word, "")
        if len(re.sub(r"[0-9]{1,4}$|[^a-z0-9]", "", rest)) < MIN_CHARS - MIN_LEFT:
            return True
    return False


def _known_parts(text: str) -> list[str]:
    plain = _plain(text)
    parts = [plain, *re.split(r"[^a-z0-9]+", plain)]
    return [part for part in parts if len(part) >= MIN_KNOWN_CHARS]


@cache
def _common_words() -> Sequence[str]:
    """Words of the passwords that are tried first, folded, the longest first."""
    return (files("cogep_assist.core") / "common_passwords.txt").read_text("utf-8").split()
