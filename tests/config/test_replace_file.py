"""A file that somebody has edited, or exported, is whole or old, whatever happens while it is written."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commands.shared.source import written_to
from config.replace_file import LEFT_SECONDS, SCRATCH, forget_scratch, replace_content, replace_file
from extractors.feed_list.edit import add_feeds, remove_feed
from extractors.feed_list.load import complete, load_feeds

ROOT = Path(__file__).parents[2]
# No room for more than 4 KB; what asks for more gets an error, as on a full disk.
ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from commands.shared.source import written_to
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
written_to(Path(sys.argv[1]), b"new " * 10_000)
"""
KILLED_HALFWAY = ON_A_FULL_DISK.replace(", signal.SIG_IGN", ", signal.SIG_DFL")

AS_A_MEMBER = """
import os, sys
from pathlib import Path
from config.replace_file import replace_file
os.setgroups([12346])
os.setgid(12347)
os.setuid(12347)
replace_file(Path(sys.argv[1]), "new")
"""


@pytest.fixture
def private_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.slow
@pytest.mark.parametrize("death", [ON_A_FULL_DISK, KILLED_HALFWAY], ids=["full disk", "killed"])
def test_what_was_exported_before_stands_until_all_of_the_new_is_there(
    tmp_path: Path, death: str
) -> None:
    out = tmp_path / "export.csv"
    out.write_text("old")

    done = subprocess.run(
        [sys.executable, "-c", death, out], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert out.read_text() == "old"
    left = [path.name for path in tmp_path.iterdir() if path != out]
    if death is KILLED_HALFWAY:
        assert done.returncode == -signal.SIGXFSZ
        assert [Path(name).suffix for name in left] == [".unfinished"]
    else:
        assert (done.returncode, left) == (1, [])
        assert f"{out}: File too large" in done.stderr


def test_what_a_killed_process_left_goes_when_nobody_can_be_writing_it(tmp_path: Path) -> None:
    old, fresh = tmp_path / SCRATCH.format("aa"), tmp_path / SCRATCH.format("bb")
    for path in (old, fresh):
        path.touch()
    at = time.time() - LEFT_SECONDS - 60
    os.utime(old, (at, at))

    forget_scratch(tmp_path)

    assert list(tmp_path.iterdir()) == [fresh]


def test_what_cannot_be_removed_from_a_shared_folder_keeps_nobody_from_writing(
    tmp_path: Path,
) -> None:
    left = tmp_path / SCRATCH.format("aa")
    left.mkdir()
    os.utime(left, (0, 0))

    replace_file(tmp_path / "report.html", "x")

    assert (tmp_path / "report.html").read_text() == "x"


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "feeds.yaml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)

    replace_file(link, "new\r\n")

    assert link.is_symlink()
    assert real.read_bytes() == b"new\r\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_gets_no_more_than_the_umask_allows(tmp_path: Path, private_umask: None) -> None:
    replace_content(tmp_path / "key", b"x", mode=0o600)
    replace_file(tmp_path / "report.html", "x")

    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600, 0o600]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_edits_stays_its_owners(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("old")
    os.chown(feeds, 12345, 12346)

    replace_file(feeds, "new")

    assert (feeds.stat().st_uid, feeds.stat().st_gid) == (12345, 12346)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another")
def test_what_a_member_of_a_desk_edits_stays_its_groups() -> None:
    with tempfile.TemporaryDirectory() as folder:
        feeds = Path(folder, "feeds.yaml")
        feeds.write_text("old")
        feeds.chmod(0o660)
        os.chown(feeds, 12345, 12346)
        os.chown(folder, 12347, 12346)
        subprocess.run([sys.executable, "-c", AS_A_MEMBER, feeds], cwd=ROOT, check=True)

        after = feeds.stat()
        assert (feeds.read_text(), after.st_gid, after.st_mode & 0o777) == ("new", 12346, 0o660)


@pytest.mark.slow
def test_what_the_shell_has_opened_as_standard_output_is_written_into(tmp_path: Path) -> None:
    out, link = tmp_path / "all.txt", tmp_path / "link"
    link.symlink_to("/dev/stdout")
    write = "import sys; from commands.shared.source import written_to; written_to(sys.argv[1], b'this\\n')"

    for place in ("/dev/stdout", "/proc/self/fd/1", str(link)):
        with out.open("wb") as file:
            subprocess.run([sys.executable, "-c", write, place], cwd=ROOT, stdout=file, check=True)
            assert file.seek(0, os.SEEK_END) == len("this\n")  # of what the shell has opened

    assert link.is_symlink()


def test_a_file_in_a_folder_that_nothing_can_be_added_to_is_written_in_its_place(
    tmp_path: Path,
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may add to any folder")
    (tmp_path / "page.html").write_text("old")
    tmp_path.chmod(0o555)

    written_to(tmp_path / "page.html", b"new")

    assert (tmp_path / "page.html").read_text() == "new"


def test_feeds_that_several_people_add_and_remove_at_once_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    specs = [complete({"url": f"https://outlet-{number}.example/feed"}) for number in range(12)]
    add_feeds(path, specs[:4])

    with ThreadPoolExecutor(12) as people:
        added = [people.submit(add_feeds, path, [spec]) for spec in specs[4:]]
        removed = [people.submit(remove_feed, path, spec.id) for spec in specs[:4]]
        for done in (*added, *removed):
            done.result()

    assert {feed.url for feed in load_feeds(path).feeds} == {spec.url for spec in specs[4:]}
