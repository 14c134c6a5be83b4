"""A process of the API may hold as many connections as the system lets it."""

import subprocess
import sys

import pytest

TRIED = """
import resource
from cogep_assist.cli.listening import MOST_OPEN_FILES, allow_many_connections
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
allow_many_connections()
most = MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN_FILES)
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard)
# What was given more stays as it is.
allow_many_connections()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the least of other systems differs")
def test_open_files_are_raised_to_what_is_allowed() -> None:
    # In a process of its own: limits are the whole process's.
    subprocess.run([sys.executable, "-c", TRIED], check=True, timeout=120)
