"""A disk that is really full: the sender holds its lock, speaks from memory, and remembers once there is room."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database.lock import RunLock
from tests.alerts import sinks
from tests.alerts.outboxes import Clock, add_story, database, rows, sender, webhook_yaml


@contextmanager
def no_room() -> Iterator[None]:
    """No write of this process to any file succeeds, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_lock_holds_without_its_note_and_is_free_again(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    with no_room(), RunLock(path, "alerts"):
        pass
    with RunLock(path, "alerts"):
        pass


def test_what_cannot_be_written_is_told_from_memory_and_once(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        with no_room():
            sent = [desk.round().sent for _ in range(3)]
        assert sent == [1, 0, 0]
        assert [event["kind"] for event in sink.events()] == ["danger"]
        clock.pass_by(minutes=2)
        desk.round()
        assert [event["kind"] for event in sink.events()] == ["danger", "well-again"]


def test_a_disk_on_which_one_write_succeeds_and_the_next_fails_is_told_once(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        for _ in range(10):
            with no_room():
                desk.round()
            desk.round()
            clock.pass_by(seconds=3)
        assert [event["kind"] for event in sink.events()] == ["danger"]
        clock.pass_by(minutes=2)
        desk.round()
    assert [event["kind"] for event in sink.events()] == ["danger", "well-again"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=False, capture_output=True)  # fmt: skip
    if done.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    file = os.open(disk / "ballast", os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(file, bytes(4096))
    except OSError:
        os.close(file)
    return disk / "ballast"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
@pytest.mark.slow
def test_a_disk_that_fills_up_twice_is_told_twice_and_told_to_be_well_twice(
    small_disk: Path, tmp_path: Path
) -> None:
    path, clock = database(small_disk), Clock()
    with sinks.http() as sink:
        desk = sender(path, webhook_yaml(tmp_path, sink.url), clock, KEY="k")
        for number in (1, 2):
            ballast = fill(small_disk)
            desk.round()
            clock.pass_by(minutes=2)
            ballast.unlink()
            add_story(path, number, clock())
            desk.round()
            clock.pass_by(minutes=61)
    full = [event["key"] for event in sink.events() if "cannot write" in str(event["payload"])]
    assert len(full) == 4
    assert [event["story"] for event in sink.events() if event["kind"] == "story-new"] == [1, 2]
    assert rows(path, "SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'summarised')") == [(0,)]  # fmt: skip
