"""What looks like personal data and is nobody's: numbers of things, names of places."""

import random
import uuid
from collections.abc import Callable

from register_words import words

Draw = Callable[[random.Random], str]


def _one_of(section: str) -> Draw:
    choices = words(section)
    return lambda rng: rng.choice(choices)


def _drawn(pattern: str) -> Draw:
    return lambda rng: "".join(str(rng.randrange(10)) if sign == "9" else sign for sign in pattern)


LOOK_ALIKES: dict[str, Draw] = {
    "protocol": lambda rng: rng.choice(
        (
            f"2026.{rng.randrange(10**6):06}-{rng.randrange(10)}",
            f"{rng.randrange(10**10):010}",
            f"{rng.randrange(10**14):014}",
        )
    ),
    "invoice": _drawn("000.999.999"),
    "nfe": _drawn("35260999999999999999550010000999991999999999"),
    "order": _drawn("999999-99"),
    "law": lambda rng: (
        rng.choice(("Lei nº ", "Decreto nº ", "Portaria "))
        + f"{rng.randrange(1, 15)}.{rng.randrange(1000):03}/{rng.randrange(1990, 2026)}"
    ),
    "product": lambda rng: rng.choice(("SKU-", "REF ", "PN ")) + f"{rng.randrange(10**8):08}",
    "version": lambda rng: (
        f"v{rng.randrange(20)}.{rng.randrange(20)}.{rng.randrange(300)}.{rng.randrange(9999)}"
    ),
    "isbn": _drawn("978-65-9999-999-9"),
    "money": lambda rng: (
        f"R$ {rng.randrange(1, 999)}.{rng.randrange(1000):03},{rng.randrange(100):02}"
    ),
    "date": lambda rng: (
        f"{rng.randrange(1, 29):02}/{rng.randrange(1, 13):02}/{rng.randrange(2019, 2027)}"
    ),
    "time": lambda rng: f"{rng.randrange(24):02}h{rng.randrange(60):02}",
    "toll_free": lambda rng: (
        rng.choice(("0800 ", "0800-", "0300 "))
        + f"{rng.randrange(1000):03} {rng.randrange(10000):04}"
    ),
    "short_phone": _one_of("short_phone"),
    "hash": lambda rng: f"{rng.getrandbits(160):040x}",
    "uuid": lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "private_ip": lambda rng: (
        f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    ),
    "serial": lambda rng: f"BR{rng.getrandbits(40):X}",
    "barcode": _drawn("7899999999999"),
    "epoch": lambda rng: str(rng.randrange(1_700_000_000, 1_790_000_000)),
    "epoch_ms": lambda rng: str(rng.randrange(1_700_000_000_000, 1_790_000_000_000)),
    "asset": _drawn("999999"),
    "room": _drawn("999"),
    "oid": lambda rng: f"1.3.6.1.4.1.{rng.randrange(99999)}.{rng.randrange(99)}",
    "tracking": _drawn("QB999999999BR"),
    "place": _one_of("place"),
    "street": _one_of("street"),
    "city": _one_of("city"),
    "named_law": _one_of("named_law"),
    "named_thing": _one_of("named_thing"),
    "word": _one_of("word"),
}
