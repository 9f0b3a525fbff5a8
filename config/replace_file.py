"""Files that are written whole or not at all: somebody may read them at any moment."""

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

SCRATCH = ".pollwatch-{}.unfinished"
LEFT_SECONDS = 3600  # what was not finished by then, nobody is writing any more


def replace_file(path: Path, text: str) -> None:
    """`replace_content` with text, whose ends of lines stay as they are."""
    replace_content(path, text.encode())


def replace_content(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put `content` in place of what `path` holds: where that is a link, of what it leads to. The file's
    owner and permissions stay; a new one gets `mode`, less the umask. Raises OSError, and leaves what was
    there and nothing beside it."""
    path = Path(os.path.realpath(path))
    forget_scratch(path.parent)
    # No part of the name in it, as that may be as long as a name can be
    scratch = path.with_name(SCRATCH.format(secrets.token_hex(8)))
    try:
        with open(scratch, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            keep_owner(file.fileno(), path)
            os.fsync(file.fileno())
        scratch.replace(path)
    except BaseException:  # Ctrl-C as well
        scratch.unlink(missing_ok=True)
        raise


def keep_owner(file: int, path: Path) -> None:
    """Root may edit what a service reads by another name. Nobody else can give a file away, but to a group of
    theirs: a desk shares files so."""
    try:
        before = path.stat()
    except FileNotFoundError:
        return
    try:
        os.fchown(file, before.st_uid, before.st_gid)
    except PermissionError:
        with contextlib.suppress(PermissionError):
            os.fchown(file, -1, before.st_gid)
    os.fchmod(file, before.st_mode & 0o777)


def forget_scratch(folder: Path) -> None:
    """Remove what was left by processes that were killed while they wrote."""
    before = time.time() - LEFT_SECONDS
    for scratch in folder.glob(SCRATCH.format("*")):
        with contextlib.suppress(OSError):  # gone by now, or somebody else's in a shared folder
            if scratch.lstat().st_mtime < before:
                scratch.unlink()


@contextlib.contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """For who reads `path` and writes it changed: whoever does so meanwhile with a file of the same folder, a
    thread or another process, waits. On a file system without locks nobody does."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(
            OSError
        ):  # no such folder, no locks: writing says so, or does without
            folder = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, folder)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
