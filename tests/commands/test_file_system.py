"""Which file system a folder lies on, as Linux lists its mounts, and whether it suits a database."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from commands.doctor.file_system import check_file_system
from commands.doctor.machine import no_more_files
from commands.doctor.mounts import Mount, mount_of, reach_of_mount
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
    mount = mount_of(Path(place), MOUNTS)
    assert mount is not None
    assert mount.kind == kind


@pytest.mark.parametrize(
    ("kind", "source", "reach"),
    [
        *((kind, "files:/desk", "shared") for kind in ("nfs4", "9p", "virtiofs", "fuse.sshfs")),
        ("cifs", "//files/desk", "shared"),
        ("ext4", "/dev/vda", "local"),
        ("overlay", "overlay", "local"),
        # As Debian 12's programs are listed when they are mounted:
        ("fuse.gocryptfs", "/srv/cipher", "local"),
        ("fuse.encfs", "encfs", "local"),
        ("fuse.mergerfs", "1:2", "local"),
        ("fuse.unionfs-fuse", "unionfs-fuse", "local"),
        ("fuse.ext4", "/srv/disk.img", "local"),  # fuse2fs
        ("fuse", "/srv/disk.img", "local"),  # ntfs-3g on an image
        ("fuseblk", "/dev/sdb1", "local"),
        ("fuse", "/srv/below", "local"),  # bindfs
        ("fuse.my.files", "desk@files:/srv", "shared"),  # sshfs -o subtype=my.files
        ("fuse.rclone", "desk:", "shared"),
        ("fuse", "mountpoint-s3", "unknown"),
        ("fuse.newfs", "newfs", "unknown"),
        ("fuse.newfs", "s3://bucket/desk", "shared"),
    ],
)
def test_a_mount_is_local_shared_or_of_a_program_that_is_not_known(
    kind: str, source: str, reach: str
) -> None:
    assert reach_of_mount(Mount(kind, source), MOUNTS) == reach


def test_a_layer_reaches_as_far_as_the_folder_below_it(tmp_path: Path) -> None:
    """An encrypted folder on a network share was told to be a local one."""
    below = rf"90 27 0:50 / {tmp_path} rw - nfs4 files:/desk rw"

    assert reach_of_mount(Mount("ecryptfs", str(tmp_path)), f"{MOUNTS}{below}\n") == "shared"
    assert reach_of_mount(Mount("fuse.gocryptfs", str(tmp_path)), MOUNTS) == "local"


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
