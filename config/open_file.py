"""Opens whatever somebody named as a file without waiting: a pipe that nobody writes into is empty."""

import os
from pathlib import Path
from typing import BinaryIO


def open_bytes(path: Path) -> BinaryIO:
    """Raises OSError as `open` does. What a shell pipes in, such as <(command), is waited for."""
    return open(path, "rb", opener=at_once)


def open_to_write(path: Path) -> BinaryIO:
    """Replaces the file. Raises OSError as `open` does, for a pipe that nobody reads from too."""
    return open(path, "wb", opener=at_once)


def at_once(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)  # else a pipe waits for its other end
    os.set_blocking(descriptor, True)
    return descriptor
