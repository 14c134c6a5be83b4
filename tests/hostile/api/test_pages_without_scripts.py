"""Every text that the base holds, made hostile, on every page: it stays text."""

from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML
from page_samples import prepare_samples
from sqlalchemy.exc import DBAPIError

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Base
from cogep_assist.edge.cookies import COOKIE

# It would end a tag, an attribute in quotes of either kind or in none, and a title; short enough
# for a name.
BREAKS_OUT = "\" xssattr=1 '></title><xss-probe>{{7*7}}"
SCRIPT = "javascript:xssprobe()"
ADDRESSES = {"uri", "url", "target"}
# What other rows, the code or the database read as something else than words.
NO_WORDS = (
    *("_by", "_key", "_keys", "_sha256", "_hash", "_tag", "code", "_code", "version", "model"),
    *("actor", "author", "owner", "principal", "label", "kind", "topic", "protocol", "number"),
    *(
        "release",
        "parser",
        "media_type",
        "zone",
        "schedule",
        "cron",
        "frequency",
        "place",
        "bucket",
        "route",
    ),
)
LEADS = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data")


class Probe(HTMLParser):
    """Find the marks of a text that became markup."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        names = {name for name, _ in attrs}
        leads = [value or "" for name, value in attrs if name in LEADS]
        acts = [name for name in names if name.startswith("on") or name == "style"]
        if tag == "xss-probe" or "xssattr" in names or acts:
            self.found.append(f"<{tag} {attrs}"[:300])
        if any("script:" in value.lower() or value.startswith("data:") for value in leads):
            self.found.append(f"<{tag} {leads}"[:300])


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_text_of_the_base_becomes_markup(api: Api) -> None:
    found = await prepare_samples(api.database)
    changed = await spoil(api)
    assert changed > 60, changed
    wrong, shown, opened = [], 0, 0
    for sample in found.pages:
        token = found.cookies[sample.role] if sample.role else ""
        client = api.anonymous(headers=HTML | ({"Cookie": f"{COOKIE}={token}"} if token else {}))
        reply = await client.get(sample.address.format(**found.names))
        if reply.status_code >= 500:
            wrong.append(f"{sample.address}: {reply.status_code}")
        opened += reply.status_code == 200
        shown += "&lt;xss-probe&gt;" in reply.text
        if "<xss-probe" in reply.text:
            wrong.append(f"{sample.address}: unescaped")
        wrong += [f"{sample.address}: {one}" for one in Probe(reply.text).found]
        if "xss-probe&gt;" in reply.text:
            assert "{{7*7}}" in reply.text, sample.address
    assert wrong == []
    assert opened > 60
    assert shown > 25, "the pages show what was spoilt"


async def spoil(api: Api) -> int:
    """Make every text hostile that the database lets be one; return how many columns that were."""
    changed = 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            name = column.name
            if not isinstance(column.type, sa.Text | sa.String) or isinstance(column.type, sa.Enum):
                continue
            if column.foreign_keys or column.primary_key or name.endswith(NO_WORDS):
                continue
            to = sa.literal(SCRIPT) if name in ADDRESSES else column + BREAKS_OUT
            try:
                async with api.database.begin() as session:
                    result = await session.execute(
                        sa.update(table).values({name: to}).where(column.is_not(None))
                    )
                    changed += getattr(result, "rowcount", 0) > 0
            except (DBAPIError, AppError):
                continue
    return changed
