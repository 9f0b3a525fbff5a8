"""Programs that tests start can import the tests, as the tests themselves can.

`./pollwatch test` keeps the current directory out of every path (PYTHONSAFEPATH), for children too.
"""

import contextlib
import gc
import os
import re
import shutil
from pathlib import Path

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

# A busy machine is no fault, and a change fails for what it changed, never for another day's examples.
hypothesis.settings.register_profile(
    "pollwatch",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("pollwatch")

MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30  # bytes free there; the quick tests need 50 MB, and pytest keeps three runs
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


def pytest_configure(config: pytest.Config) -> None:
    """The quick tests make their databases in memory where there is room: each that is closed waits
    for the disk, a fifth of the time on the clock."""
    with contextlib.suppress(OSError):
        if config.option.markexpr == QUICK and shutil.disk_usage(MEMORY).free > ENOUGH:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Where processes share the tests out, each tells the first of a test's result, and of its set-up
    and clean-up only what went wrong: of five messages a test four were no news, and took a tenth of
    all the time."""
    if "PYTEST_XDIST_WORKER" not in os.environ or item.config.option.durations:
        return None
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: going over them at each full collection would take an
    eighth of all the time. Later collections come less often than Python's, which costs a twelfth of
    the processor time of tests that make many objects."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
