"""How jobs are packed into batches, and which workers are named how; no scheduler is needed."""

import asyncio
import pickle
import re
from collections import deque
from importlib.metadata import PackageNotFoundError, requires, version

import pytest

from extractors.cluster.code_version import LIBRARIES, code_version, difference
from extractors.cluster.jobs import MOST_BATCH_BYTES, MOST_IN_BATCH, WaitingJob, take_batch
from extractors.cluster.members import Members


def jobs(*sizes: int) -> deque[WaitingJob]:
    loop = asyncio.new_event_loop()
    waiting = deque(WaitingJob(bytes(size), loop.create_future()) for size in sizes)
    loop.close()
    return waiting


@pytest.mark.parametrize(("waiting", "threads", "size"), [(1, 4, 1), (8, 4, 2), (9, 4, 3), (500, 4, MOST_IN_BATCH), (10, 1, 10)])  # fmt: skip
def test_a_batch_is_a_threads_share_of_what_waits(waiting: int, threads: int, size: int) -> None:
    load = take_batch(jobs(*[10] * waiting), threads)
    assert load is not None
    assert len(load.jobs) == size


def test_large_pages_travel_in_small_batches() -> None:
    half = MOST_BATCH_BYTES // 2
    load = take_batch(jobs(half, half, half, half), 1)
    assert load is not None
    assert len(load.jobs) == 2
    assert pickle.loads(load.requests[1]) == bytes(half)


def test_a_job_that_was_lost_travels_alone() -> None:
    waiting = jobs(1, 1, 1)
    waiting[1].losses = 1
    loads = [take_batch(waiting, 1) for _ in range(4)]
    assert [len(load.jobs) if load else 0 for load in loads] == [1, 1, 1, 0]


def test_a_job_whose_run_was_cancelled_does_not_travel() -> None:
    waiting = jobs(1, 1)
    waiting[0].answer.cancel()
    last = waiting[1]
    load = take_batch(waiting, 1)
    assert load is not None
    assert load.jobs == [last]
    assert take_batch(waiting, 1) is None


def test_a_worker_is_named_as_its_operator_did_or_by_host_and_port() -> None:
    members = Members()
    members.update({"tls://10.1.0.2:41": ("reader-1", 4), "tls://10.1.0.3:42": ("tls://10.1.0.3:42", 4), "tls://127.0.0.1:43": ("0", 1)})  # fmt: skip
    assert [members.name_of(address) for address in members.by_address] == [
        "reader-1", "10.1.0.3:42", "127.0.0.1:43",
    ]  # fmt: skip
    assert members.update({"tls://127.0.0.1:43": ("0", 1)}) == ["reader-1", "10.1.0.3:42"]


def test_machines_that_read_alike_have_no_difference_and_others_name_it() -> None:
    here = code_version()
    assert difference(here, code_version()) == ""
    assert difference(here, {**here, "trafilatura": "1.0"}) == (
        f"trafilatura is 1.0 there and {here['trafilatura']} here"
    )
    assert difference(here, {}).startswith("Pollwatch's code is missing there")


CHANGES_NO_TEXT = {"certifi", "filelock", "idna", "requests", "requests-file", "six", "typing-extensions", "tzdata", "urllib3"}  # fmt: skip


def test_every_library_that_a_page_is_read_with_is_compared() -> None:
    """Those that read pages, and what these need: a date is dateparser's, though only htmldate asks for it."""
    needed, waiting = set[str](), ["ahocorasick_rs", "tldextract", "trafilatura", "w3lib"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in needed | CHANGES_NO_TEXT and installed(name):
            needed.add(name)
            requirements = [line for line in requires(name) or () if "extra ==" not in line]
            waiting += (re.split(r"[^\w.-]", line)[0] for line in requirements)

    compared = {re.sub(r"[-_.]+", "-", name).lower() for name in LIBRARIES}
    assert needed - compared == set()
    assert {"dateparser", "trafilatura"} <= needed


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:  # for another system or Python
        return False


def test_members_without_a_ready_one_say_why() -> None:
    members = Members()
    assert members.trouble() == "it has no worker"
    members.update({"tls://10.1.0.2:41": ("reader-1", 4)})
    assert members.trouble() == "none of its workers answers"
    members.by_address["tls://10.1.0.2:41"].state = "refused"
    members.by_address["tls://10.1.0.2:41"].why = "Python is 3.12 there and 3.11 here"
    assert members.trouble() == (
        "no worker of it reads as this machine does: reader-1: Python is 3.12 there and 3.11 here"
    )
