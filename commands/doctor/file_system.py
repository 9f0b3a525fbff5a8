"""What the database's folder lies on: a local disk, or one that other machines write to as well."""

import fcntl
import os
from pathlib import Path

from commands.doctor.finding import Check, failed_check, ok, warning
from commands.doctor.mounts import mount_of, reach_of_mount

MOUNTS = Path("/proc/self/mountinfo")  # of Linux


def check_file_system(folder: Path) -> Check:
    """Of the folder, or of the nearest above it that exists."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    mounts = MOUNTS.read_text("utf-8", "replace") if MOUNTS.exists() else ""
    mount = mount_of(there, mounts)
    if not takes_locks(there):
        return failed_check(
            "file system",
            f"{there} ({mount.kind if mount else 'of unknown kind'}) refuses locks, without which no database works",
            "move the database to a local disk: --db",
        )
    if mount is None:
        return ok("file system", f"of unknown kind at {there}")
    reach = reach_of_mount(mount, mounts)
    if reach == "local":
        return ok("file system", f"{mount.kind} at {there}")
    return warning(
        "file system",
        f"{there} is {'shared' if reach == 'shared' else 'perhaps shared'} between machines ({mount.kind}); "
        "two that write there destroy the database unnoticed",
        "move the database to a local disk (--db), or let one machine alone run and review",
    )


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
