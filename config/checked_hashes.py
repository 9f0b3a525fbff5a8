"""What was checked once and found good, by hash, in the user's cache folder: it need not be checked
again at each start.

To lose the file costs time and nothing else: one that cannot be read or written is passed over, and
what does not look like a hash is nobody's. Whoever may write there may write the rules as well.
"""

import contextlib
import os
import sys
from collections.abc import Collection, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from config.replace_file import replace_file

LARGEST_PROVEN_FILE = 1 << 20  # bytes that are read
MOST_HASHES = 5_000  # hashes, the newest first


def proven(name: str) -> frozenset[str]:
    """The hashes that were kept under this name, in this or an earlier process."""
    with contextlib.suppress(OSError, RuntimeError), _place(name).open("rb") as file:
        return frozenset(file.read(LARGEST_PROVEN_FILE).decode("ascii", "ignore").split())
    return frozenset()


def keep_proven(name: str, hashes: Collection[str]) -> None:
    """Keep these hashes beside the earlier ones; quietly nothing where there is no place for it."""
    if not hashes:
        return
    earlier = sorted(proven(name).difference(hashes))
    text = "\n".join([*sorted(hashes), *earlier][:MOST_HASHES])
    with contextlib.suppress(OSError, RuntimeError):
        place = _place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, text)


@cache
def hash_of_code(folder: Path) -> str:
    """One hash of every module below a folder and of this Python: what other code proved is not
    proven."""
    digest = sha256(sys.version.encode())
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"\n{file.relative_to(folder)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def hash_of_parts(parts: Iterable[object]) -> str:
    """One hash of plain values, in this order."""
    return sha256("\n".join(map(repr, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _place(name: str) -> Path:
    """Raises `RuntimeError` where nobody knows a home."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (folder if folder.is_absolute() else Path.home() / ".cache") / "pollwatch" / name
