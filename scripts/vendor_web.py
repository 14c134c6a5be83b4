"""Fetch what the pages take from others, by its exact version, and write down its checksums.

Needs npm. Run it after changing a version or a list here; the tests compare what lies in
``static/vendor`` and ``tests/browser/vendor`` with the manifest that this writes.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "src/cogep_assist/web/static/vendor"
TEST_VENDOR = ROOT / "tests/browser/vendor"
ICONS = [
    "activity",
    "archive",
    "arrow-left",
    "arrow-right",
    "ban",
    "bell",
    "book-open",
    "building-2",
    "calendar",
    "chart-column",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-help",
    "clipboard",
    "clock",
    "command",
    "copy",
    "database",
    "download",
    "ellipsis",
    "external-link",
    "eye",
    "eye-off",
    "file-plus",
    "file-text",
    "flag",
    "flask-conical",
    "folder",
    "funnel",
    "gauge",
    "git-compare",
    "globe",
    "hand",
    "headset",
    "history",
    "house",
    "inbox",
    "info",
    "kanban",
    "key",
    "keyboard",
    "layers",
    "library",
    "link",
    "list",
    "list-checks",
    "lock",
    "log-out",
    "mail",
    "map-pin",
    "menu",
    "merge",
    "message-circle-question-mark",
    "message-square",
    "moon",
    "paperclip",
    "pause",
    "pencil",
    "phone",
    "pin",
    "play",
    "plus",
    "printer",
    "refresh-cw",
    "rotate-ccw",
    "save",
    "search",
    "send",
    "settings",
    "shield",
    "shield-check",
    "sparkles",
    "split",
    "square-pen",
    "star",
    "sun",
    "table",
    "tag",
    "ticket",
    "timer",
    "thumbs-down",
    "thumbs-up",
    "trash-2",
    "triangle-alert",
    "undo-2",
    "upload",
    "user",
    "user-plus",
    "users",
    "webhook",
    "x",
    "zap",
]
# Of some 1,200 tokens the pages read these: the palettes of the design system, in full steps.
TOKENS = re.compile(
    r"--(?:blue-warm-vivid|gray|pure|green-cool-vivid|red-vivid|red-warm-vivid|yellow-vivid"
    r"|gold-vivid|orange-vivid|violet-warm-vivid)-(?:[0-9]+|0|100)(?=:)"
)


@dataclass(frozen=True)
class Package:
    """What is taken from one package, as {path in it: path here}."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)
    root: Path = VENDOR


PACKAGES = (
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        "htmx",
        {
            "dist/htmx.min.js": "htmx.min.js",
            "dist/ext/hx-sse.min.js": "hx-sse.min.js",
            "LICENSE": "LICENSE",
        },
    ),
    Package(
        "@govbr-ds/core",
        "3.7.0",
        "MIT",
        "govbr",
        {"LICENSE": "LICENSE"},
        {"dist/core-tokens.css": "tokens.css"},
    ),
    Package(
        "@fontsource/raleway",
        "5.3.0",
        "OFL-1.1",
        "raleway",
        {
            "files/raleway-latin-400-normal.woff2": "raleway-400.woff2",
            "files/raleway-latin-600-normal.woff2": "raleway-600.woff2",
            "LICENSE": "LICENSE",
        },
    ),
    Package(
        "lucide-static",
        "1.62.0",
        "ISC",
        "icons",
        {"LICENSE": "LICENSE"} | {f"icons/{name}.svg": f"{name}.svg" for name in ICONS},
    ),
    # Only the tests use it: it finds what keeps people from using a page.
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        "axe",
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"},
        root=TEST_VENDOR,
    ),
)


def main() -> None:
    """Bring every package, replace the folders, write the manifest."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    shutil.rmtree(TEST_VENDOR, ignore_errors=True)
    described = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            unpacked = _unpack(package, Path(folder))
            kept = _keep(package, unpacked)
        described.append(
            {
                "package": package.name,
                "version": package.version,
                "licence": package.licence,
                "files": kept,
            }
        )
        print(f"{package.name} {package.version}: {len(kept)} files")
    text = json.dumps(described, indent=1, ensure_ascii=False)
    (VENDOR / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _unpack(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm was not found")
    wanted = f"{package.name}@{package.version}"
    subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True)
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / "package"


def _keep(package: Package, unpacked: Path) -> dict[str, str]:
    """Write a package's files and return their checksums, by path in the repository."""
    contents = {name: (unpacked / source).read_bytes() for source, name in package.files.items()}
    for source, name in package.tokens.items():
        contents[name] = _tokens((unpacked / source).read_text(encoding="utf-8")).encode()
    kept = {}
    for name, content in sorted(contents.items()):
        place = package.root / package.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        kept[place.relative_to(ROOT).as_posix()] = hashlib.sha256(content).hexdigest()
    return kept


def _tokens(text: str) -> str:
    """Keep the first definition of each token that the pages read."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        token = TOKENS.search(line)
        if token and line.lstrip().startswith("--"):
            found.setdefault(token[0], line.strip())
    return (
        "/* GOV.BR design system, MIT: see LICENSE. */\n:root {\n"
        + "\n".join(f"  {line}" for line in found.values())
        + "\n}\n"
    )


if __name__ == "__main__":
    main()
