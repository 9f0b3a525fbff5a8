"""Programs that tests start can import the tests, as the tests themselves can.

`./pollwatch test` keeps the current directory out of every path (PYTHONSAFEPATH), for children too.
"""

import gc
import os
import re
from pathlib import Path

import hypothesis
import pytest

# A busy machine is no fault, and a change fails for what it changed, never for another day's examples.
hypothesis.settings.register_profile(
    "pollwatch",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("pollwatch")

ALL_SLOW = re.compile(r"^pytestmark = [\[(]?\s*pytest\.mark\.(slow|long)\b", re.MULTILINE)
QUICK = "not slow and not long"

gc.disable()  # until all tests are collected: nothing of them is garbage

os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Packed bytes hold the second they were packed in: as a name they differ from run to run."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return argname
    return None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules that are slow as a whole are not even imported for the quick tests: what only they
    need (browser, cluster) takes seconds to import, in each process that runs tests."""
    if config.option.markexpr != QUICK or not collection_path.name.startswith("test_"):
        return None
    return True if ALL_SLOW.search(collection_path.read_text(encoding="utf-8")) else None


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: going over them at each full collection would take an
    eighth of all the time. Later collections come less often than Python's, which costs a twelfth of
    the processor time of tests that make many objects."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
