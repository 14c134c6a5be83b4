"""The master key is exchanged: nothing is lost, and nothing is left under the old one."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core import audit, outbox, secret_key, signing
from cogep_assist.core.backup.sealed_file import SealedWriter, read_frames
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.key_exchange import SEALED_COLUMNS, seal_anew
from cogep_assist.core.models import Base, Conversation, OutboxMessage, PseudonymVault
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.sealing import seal, unseal
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.core.tombstones import digest

# Bytes that are no sealed value: digests, signatures, files, indexes, reports.
NOT_SEALED = ("sha256", "hash", "mac", "token", "signature", "bucket", "fingerprint", "events")
OTHER_BYTES = {
    *("ai.blob.content", "crm.customer_import.content", "lgpd.audit_seal.body"),
    *("lgpd.audit_seal.link", "ai.lexical_posting.postings"),
    # Ten minutes old at most: an attempt to sign in is begun anew.
    "access.oidc_attempt.sealed",
}


class Killed(BaseException):
    """Ends what is running, as a signal would."""


def test_every_column_of_sealed_values_is_known() -> None:
    columns = {
        f"{table.fullname}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
        and not column.name.endswith(NOT_SEALED)
        and table.fullname not in {"crm.report_stretch", "ai.lexical_segment"}
    }
    assert columns - OTHER_BYTES == {column.name for column in SEALED_COLUMNS}


async def test_what_was_sealed_opens_under_the_new_key_alone(
    database: Database, database_url: URL, tmp_path: Path
) -> None:
    settings = load_settings(data_dir=tmp_path)
    secret_key.load(settings)
    async with database.begin() as session:
        for number in range(510):
            await outbox.post(session, outbox.MAIL, f"customer:{number}", {"n": number})
        talk = Conversation(owner="anonymous")
        session.add(talk)
        await session.flush()
        vault = seal("pseudonym-vault", b"{}", str(talk.id), own_key=True)
        until = sa.func.now() + sa.text("interval '1 day'")
        session.add(PseudonymVault(conversation_id=talk.id, sealed=vault, expires_at=until))
    row = audit.sealed_row(SYSTEM, "ticket_created", "ticket", "1")
    mac = row.pop("mac")
    copy = io.BytesIO()
    writer = SealedWriter.begin(copy)
    writer.manifest(b"{}")
    writer.finish()

    def lasting() -> list[object]:
        return [digest("cpf", "1"), proof_of("P-1"), signing.public_key(), audit.pseudonym("u")]

    before = lasting()
    secret_key.exchange(settings)
    secret_key.exchange(settings)
    # What was given to people, what tells the erased, and the audit are as they were.
    assert lasting() == before
    assert audit.is_unaltered(row, mac)
    assert list(read_frames(copy))

    def stop(_name: str, _rows: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        seal_anew(database_url, stop)
    done = seal_anew(database_url)
    assert done.unreadable == {}
    assert done.rows["lgpd.pseudonym_vault.sealed"] == 1
    assert done.rows["access.outbox.payload"] == 10
    assert sum(seal_anew(database_url).rows.values()) == 0

    file = tmp_path / secret_key.FILE_NAME
    whole = file.read_bytes()
    file.write_bytes(whole.splitlines()[0])
    secret_key.load(settings)
    async with database.begin() as session:
        for message in await session.scalars(sa.select(OutboxMessage)):
            assert message.payload is not None
            assert unseal("outbox", message.payload, str(message.id))
    with pytest.raises(AppError, match="backup_other_key"):
        list(read_frames(copy))


def test_a_process_that_has_the_old_key_reads_the_new_one_when_it_needs_it(tmp_path: Path) -> None:
    here, there = load_settings(data_dir=tmp_path / "a"), load_settings(data_dir=tmp_path / "b")
    secret_key.load(here)
    file = here.data_dir / secret_key.FILE_NAME
    there.data_dir.mkdir()
    (there.data_dir / secret_key.FILE_NAME).write_bytes(file.read_bytes())
    old = seal("totp", b"antes")
    secret_key.exchange(there)
    fresh = seal("totp", b"depois")
    secret_key.load(here)
    with pytest.raises(AppError, match="sealed_unreadable"):
        unseal("totp", fresh)
    file.write_bytes((there.data_dir / secret_key.FILE_NAME).read_bytes())
    assert unseal("totp", fresh) == b"depois"
    assert unseal("totp", old) == b"antes"
    given = load_settings(secret_key="n" * 40, secret_key_older=f"{'v' * 40} {'w' * 40}")
    secret_key.load(given)
    assert len(secret_key.ages()) == 3
    with pytest.raises(AppError, match="secret_key_in_setting"):
        secret_key.exchange(given)
