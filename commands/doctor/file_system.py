"""What the database's folder lies on: a local disk, or one that other machines write to as well."""

import fcntl
import os
import re
from pathlib import Path

from commands.doctor.finding import Check, failed_check, ok, warning

MOUNTS = Path("/proc/self/mountinfo")  # of Linux
# Whose locks and shared memory another machine may not see. Two runs from two mounts of one folder both
# ended well and left a file that SQLite calls malformed; https://sqlite.org/wal.html: "all processes
# using a database must be on the same host computer".
SHARED = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "smb3", "smbfs", "vboxsf", "vmhgfs"),
    }
)  # fmt: skip
SHARED_FUSE = frozenset(
    {
        *("bindfs", "ceph-fuse", "davfs2", "gcsfuse", "glusterfs", "goofys", "juicefs", "rclone", "s3fs"),
        *("smbnetfs", "sshfs", "vmhgfs-fuse"),
    }
)  # fmt: skip
ESCAPED = re.compile(r"\\([0-7]{3})")


def check_file_system(folder: Path) -> Check:
    """Of the folder, or of the nearest above it that exists."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    kind = kind_of_mount(there, MOUNTS.read_text("utf-8", "replace")) if MOUNTS.exists() else None
    if not takes_locks(there):
        return failed_check(
            "file system",
            f"{there} ({kind or 'of unknown kind'}) refuses locks, without which no database works",
            "move the database to a local disk: --db",
        )
    if kind is not None and is_shared(kind):
        return warning(
            "file system",
            f"{there} is shared between machines ({kind}); two that write there destroy the database unnoticed",
            "move the database to a local disk (--db), or let one machine alone run and review",
        )
    return ok("file system", f"{kind or 'of unknown kind'} at {there}")


def kind_of_mount(path: Path, mounts: str) -> str | None:
    """The type of the file system that `path` lies on, by Linux' list of mounts; the last of those at one
    place covers the others."""
    whole, nearest, kind = path.resolve(), -1, None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        place = Path(ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[4]))
        if whole.is_relative_to(place) and len(place.parts) >= nearest:
            nearest, kind = len(place.parts), after.split(" ")[0]
    return kind


def is_shared(kind: str) -> bool:
    return kind in SHARED or kind.removeprefix("fuse.") in SHARED_FUSE


def takes_locks(folder: Path) -> bool:
    """Asked with the folder itself, for an instant, so that nothing is written."""
    try:
        file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # not ours to read; whoever cannot, is told so elsewhere
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(file)
    return True
