"""Which file system a folder lies on, as Linux lists its mounts, and whether it suits a database."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from commands.doctor.file_system import check_file_system, is_shared, kind_of_mount
from commands.doctor.machine import no_more_files
from storage.database.errors import NoLocks
from storage.database.lock import RunLock, is_held

MOUNTS = r"""27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
43 27 0:39 / /srv/shared\040desk rw,nosuid,nodev,relatime - nfs4 files:/desk rw,vers=4.2
44 43 0:40 / /srv/shared\040desk/fast rw shared:5 - xfs /dev/vdb rw
45 27 0:41 / /srv/old rw - ext4 /dev/vdc rw
46 27 0:42 / /srv/old rw - fuse.sshfs desk@files:/ rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/pollwatch", "ext4"),
        ("/srv/shared desk/pollwatch/data", "nfs4"),
        ("/srv/shared desk/fast/data", "xfs"),
        ("/srv/shared desktop", "ext4"),
        ("/srv/old/data", "fuse.sshfs"),  # mounted over what was there before
    ],
)
def test_the_nearest_and_last_mount_tells_the_kind(place: str, kind: str) -> None:
    assert kind_of_mount(Path(place), MOUNTS) == kind


def test_network_file_systems_are_shared_and_disks_and_encrypted_folders_are_not() -> None:
    assert [kind for kind in ("nfs4", "cifs", "9p", "fuse.sshfs") if not is_shared(kind)] == []
    assert [
        kind for kind in ("ext4", "overlay", "fuseblk", "fuse.gocryptfs") if is_shared(kind)
    ] == []


def test_a_folder_of_this_machine_is_well_and_its_kind_is_told(tmp_path: Path) -> None:
    found = check_file_system(tmp_path / "not made yet")

    assert found.level == "ok"
    assert str(tmp_path) in found.message


def test_a_file_system_without_locks_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p.db.watch.lock").touch()

    def refuse(file: int, kind: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)

    assert check_file_system(tmp_path).level == "failure"
    assert not is_held(tmp_path / "p.db", "watch")
    with pytest.raises(NoLocks, match=r"cannot be locked .No locks available.: .* local disk"):
        RunLock(tmp_path / "p.db").__enter__()


@pytest.mark.parametrize(
    ("inodes", "free", "full"), [(80, 0, True), (80_000, 70_000, False), (0, 0, False)]
)
def test_a_disk_without_inodes_is_full_and_one_that_counts_none_is_not(
    inodes: int, free: int, full: bool
) -> None:
    disk = os.statvfs_result((4096, 4096, 9, 9, 9, inodes, free, free, 0, 255))

    assert no_more_files(disk) is full
