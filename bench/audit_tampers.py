"""Ways to tamper with the audit's chain, each at random: what bench/audit.py has found."""

import random
from typing import Any
from uuid import UUID

import psycopg

# Acts of the chain that is tampered with, in links of fifty.
SMALL_CHAIN = 2000


def _some_event(connection: psycopg.Connection[Any], chance: random.Random) -> UUID:
    row = connection.execute(
        "SELECT id FROM lgpd.audit_event ORDER BY id OFFSET %s LIMIT 1",
        [chance.randrange(SMALL_CHAIN)],
    ).fetchone()
    assert row is not None
    event = row[0]
    assert isinstance(event, UUID)
    return event


def _edit(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    change = chance.choice(
        [
            "actor = md5(actor)",
            "actor_kind = 'user'",
            "act = 'ticket_merged'",
            "object_type = 'customer'",
            "object_id = gen_random_uuid()::text",
            "occurred_at = occurred_at + interval '1 microsecond'",
            "details = details || '{\"x\": 1}'",
            "details = '{}'",
            "request_id = 'x'",
            "mac = sha256(mac)",
            "id = gen_random_uuid()",
        ]
    )
    event = _some_event(connection, chance)
    connection.execute(f"UPDATE lgpd.audit_event SET {change} WHERE id = %s", [event])


def _delete(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    event = _some_event(connection, chance)
    connection.execute("DELETE FROM lgpd.audit_event WHERE id = %s", [event])


def _insert(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    event = _some_event(connection, chance)
    connection.execute(
        "INSERT INTO lgpd.audit_event SELECT gen_random_uuid(), occurred_at, actor_kind, actor, "
        "act, object_type, object_id, details, request_id, mac FROM lgpd.audit_event WHERE id = %s",
        [event],
    )
    if chance.random() < 0.5:
        connection.execute("TRUNCATE lgpd.audit_pending")


def _swap(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    """Let two rows change places: each gets the other's id, or the other's moment."""
    first, second = _some_event(connection, chance), _some_event(connection, chance)
    while second == first:
        second = _some_event(connection, chance)
    column = chance.choice(["occurred_at", "details", "mac"])
    connection.execute(
        f"UPDATE lgpd.audit_event e SET {column} = o.{column} FROM lgpd.audit_event o "
        "WHERE (e.id, o.id) IN ((%(a)s, %(b)s), (%(b)s, %(a)s))",
        {"a": first, "b": second},
    )


def _reorder(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    """Turn the order of one link's acts round, or let two links change places."""
    number = chance.randrange(1, SMALL_CHAIN // 50)
    if chance.random() < 0.5:
        connection.execute(
            "UPDATE lgpd.audit_seal SET events = substr(events, 17) || substr(events, 1, 16) "
            "WHERE number = %s",
            [number],
        )
        return
    connection.execute("UPDATE lgpd.audit_seal SET number = -1 WHERE number = %s", [number])
    connection.execute(
        "UPDATE lgpd.audit_seal SET number = %s WHERE number = %s", [number, number + 1]
    )
    connection.execute("UPDATE lgpd.audit_seal SET number = %s WHERE number = -1", [number + 1])


def _cut(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    """Cut the end off, rows and links, without a trace in the database."""
    left = chance.randrange(SMALL_CHAIN // 50)
    connection.execute("DELETE FROM lgpd.audit_seal WHERE number > %s", [left])
    connection.execute(
        "DELETE FROM lgpd.audit_event WHERE id IN "
        "(SELECT id FROM lgpd.audit_event ORDER BY id OFFSET %s)",
        [left * 50],
    )


def _unlink(connection: psycopg.Connection[Any], chance: random.Random) -> None:
    """Change or remove one link alone."""
    number = chance.randrange(1, SMALL_CHAIN // 50 + 1)
    change = chance.choice(
        [
            "DELETE FROM lgpd.audit_seal",
            "UPDATE lgpd.audit_seal SET link = sha256(link)",
            "UPDATE lgpd.audit_seal SET body = sha256(body)",
            "UPDATE lgpd.audit_seal SET position = position + 1",
            "UPDATE lgpd.audit_seal SET sealed_at = sealed_at + interval '1 second'",
            "UPDATE lgpd.audit_seal SET refused = ARRAY[gen_random_uuid()]",
        ]
    )
    connection.execute(f"{change} WHERE number = %s", [number])


TAMPERS = {
    "edit": _edit,
    "delete": _delete,
    "insert": _insert,
    "swap": _swap,
    "reorder": _reorder,
    "cut": _cut,
    "unlink": _unlink,
}
