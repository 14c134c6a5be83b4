"""Two clusters change places: the one that was made anew, proven, and the one before it.

A note in the draft says that the new one is whole. From then on the change is finished by whoever
comes next, however often it is interrupted: each step looks at what is there.
"""

import json
import shutil
from pathlib import Path

from cogep_assist.core.durable_file import settle_folder, write_durably
from cogep_assist.core.embedded_cluster import Layout, read_credentials, write_credentials

DRAFT = "postgres.upgrade"
_PROVEN = "proven.json"


def draft_of(layout: Layout) -> Layout:
    """Return where the new cluster is made, as if it were a data folder of its own."""
    return Layout(layout.data_dir / DRAFT)


def mark_proven(layout: Layout, major: int) -> None:
    """Note that the draft holds everything; ``major`` names the folder that the old one gets."""
    port = read_credentials(layout).port
    note = {"kept": _free_name(layout, f"postgres-{major}"), "port": port}
    write_durably(draft_of(layout).data_dir / _PROVEN, json.dumps(note).encode())


def finish_swap(layout: Layout) -> Path | None:
    """Let a proven draft take its place; returns the old cluster's new folder.

    None where there is nothing to do. Call it under the gate, with neither server running.
    """
    draft = draft_of(layout)
    try:
        note = json.loads((draft.data_dir / _PROVEN).read_text("utf-8"))
    except FileNotFoundError:
        return None
    kept = layout.data_dir / str(note["kept"])
    # 1. The old one leaves, its passwords with it: its folder is of no use without them.
    if draft.cluster.exists() and layout.cluster.exists():
        write_durably(kept.with_suffix(".json"), layout.credentials.read_bytes())
        layout.cluster.rename(kept)
        settle_folder(layout.data_dir)
    # 2. The new one comes.
    if draft.cluster.exists():
        draft.cluster.rename(layout.cluster)
        settle_folder(layout.data_dir)
    # 3. Its passwords come too; the port stays, for whoever wrote it down.
    if draft.credentials.exists():
        credentials = read_credentials(draft)
        credentials.port = note["port"]
        write_credentials(layout, credentials)
    # 4. The note goes last of what matters, and the rest is of no use to anybody.
    (draft.data_dir / _PROVEN).unlink()
    shutil.rmtree(draft.data_dir, ignore_errors=True)
    return kept


def _free_name(layout: Layout, name: str) -> str:
    taken = {path.name for path in layout.data_dir.glob(f"{name}*")}
    numbers = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbers if one not in taken)
