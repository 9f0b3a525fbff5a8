"""How this process keeps its memory: what the C library does with what was freed (glibc only, others
do as we want), and what Python's collector looks through."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Of glibc's malloc.h. It would keep a heap for each thread, and after the first large block that is
# freed take all others from the heap as well, where they leave holes.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
LARGE_BLOCK = 1 << 20  # bytes


def spare_memory() -> None:
    """Large blocks go back to the system as they are freed, and threads share one heap. Without it a
    dozen feeds of 10 MB take half as much memory again. Other C libraries do so unasked."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
        mallopt(M_ARENA_MAX, 1)


def trim_heap() -> None:
    """Give the system back what lies free between pieces in use; takes some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@contextmanager
def kept_apart() -> Iterator[None]:
    """What is in memory now, rules above all, the collector leaves alone meanwhile: a look through
    all of it takes a sixth of a second of a run."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
