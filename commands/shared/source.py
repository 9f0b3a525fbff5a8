"""A file that somebody named on the command line, or - for standard input."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from commands.shared.faults import CommandFailed
from config.open_file import open_bytes, open_to_write
from config.replace_file import replace_content
from storage.upkeep.overwriting import is_sqlite

LINKS_FOLLOWED = 40  # that Linux follows, one after another


def open_source(ctx: click.Context, param: click.Parameter, name: str) -> BinaryIO:
    """An argument's callback: what is named, opened without waiting for a pipe's writer, until the
    command ends. Raises CommandFailed where it cannot be opened."""
    if name == "-":
        return standard_input()
    return ctx.with_resource(opened(name))


def standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise CommandFailed("standard input is closed; name a file")
    return sys.stdin.buffer


def opened(name: str) -> BinaryIO:
    """Raises CommandFailed where it cannot be opened."""
    try:
        return open_bytes(Path(name))
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise CommandFailed(f"{name}: {getattr(error, 'strerror', None) or error}") from error


def source_name(file: BinaryIO) -> str:
    name = getattr(file, "name", "<stdin>")
    return "standard input" if name == "<stdin>" else str(name)


def read_up_to(source: BinaryIO, largest: int) -> bytes:
    """All of it, and one byte more where it is larger. Raises CommandFailed where it cannot be read."""
    try:
        return source.read(largest + 1)
    except OSError as error:
        raise CommandFailed(f"{source_name(source)}: {error.strerror}") from error


def read_whole(source: BinaryIO, largest: int) -> bytes:
    """Raises CommandFailed past `largest` bytes: /dev/zero has no end."""
    content = read_up_to(source, largest)
    if len(content) > largest:
        raise CommandFailed(f"{source_name(source)} is larger than {largest // 1_000_000} MB")
    return content


def written_to(place: Path | str, content: bytes) -> None:
    """Replaces that file, whole or not at all; "-" is standard output. Raises CommandFailed where it cannot be
    written, and for a database, of which nothing would be left."""
    if str(place) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        if is_sqlite(Path(place)):
            raise CommandFailed(f"cannot write {place}: it is a database; name another file")
        if is_stream(Path(place)) or not replaced(Path(place), content):
            with open_to_write(Path(place)) as file:
                file.write(content)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise CommandFailed(f"{place}: {getattr(error, 'strerror', None) or error}") from error


def replaced(place: Path, content: bytes) -> bool:
    """Whether the file could be replaced: some may be written in a folder that nothing may be added to."""
    try:
        replace_content(place, content)
    except PermissionError:
        return False
    return True


def is_stream(path: Path) -> bool:
    """Whether there is something to write into and nothing to replace: a pipe, or one of the names by which
    /dev and /proc call what this process has open, which may be a file of the shell."""
    place = path.absolute()
    for _ in range(LINKS_FOLLOWED):
        if place.parts[1:2] in (("dev",), ("proc",)):
            return True
        if not place.is_symlink():
            break
        place = place.parent / place.readlink()
    return place.exists() and not place.is_file()
