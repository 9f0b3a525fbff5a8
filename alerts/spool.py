"""What was said while the database could not be written: one JSON line each, beside it or in the temporary folder."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from storage.upkeep.clock import AHEAD

REPEATED_AFTER = timedelta(hours=6)  # a trouble that lasts is told again
# On a disk that is nearly full some writes succeed and others fail, every few seconds: a trouble
# that seems over and is back within this time counts as the one that was told.
OVER_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message that left without an outbox, or an attempt at it."""

    key: str
    why: str
    channel: str
    at: str  # ISO 8601
    ok: bool
    stored: bool = False  # the outbox has it


class Spool:
    """Best effort: on a disk that is full the memory of this process has to do."""

    def __init__(self, database: Path) -> None:
        name = hashlib.sha256(str(database.absolute()).encode()).hexdigest()[:12]
        beside = database.absolute().with_name(f"{database.name}.alerts-spool.jsonl")
        self.paths: tuple[Path, ...] = (beside,)
        with contextlib.suppress(FileNotFoundError):  # a machine without a temporary directory
            elsewhere = Path(tempfile.gettempdir()) / f"pollwatch-{name}.alerts-spool.jsonl"
            self.paths = (beside, elsewhere)
        self.memory: list[Spoken] = []

    def entries(self) -> list[Spoken]:
        messages = list(self.memory)
        for path in self.paths:
            try:
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            messages += [
                spoken for line in lines if (spoken := of_line(line)) and spoken not in messages
            ]
        return messages

    def add(self, spoken: Spoken) -> None:
        self.memory.append(spoken)
        line = json.dumps(asdict(spoken), ensure_ascii=False) + "\n"
        for path in self.paths:
            try:
                append_line(path, line)
            except OSError:
                continue
            return

    def settle(self, entries: list[Spoken], now: datetime) -> None:
        """The outbox can be written and has all of `entries`; what was told lately is kept in mind."""
        lately = [entry for entry in entries if entry.ok and now - datetime.fromisoformat(entry.at) < OVER_AFTER]  # fmt: skip
        stored_entries = [replace(entry, stored=True) for entry in lately]
        if stored_entries == entries:
            return
        self.memory.clear()
        for path in self.paths:
            path.unlink(missing_ok=True)
        for spoken in stored_entries:
            self.add(spoken)

    def is_silenced(self, key: str, channel: str, now: datetime) -> bool:
        """Whether this trouble needs no word to this channel now: told, or tried a minute ago."""
        for spoken in self.entries():
            if spoken.key == key and spoken.channel == channel:
                age = now - datetime.fromisoformat(spoken.at)
                if -AHEAD <= age < silence_after(spoken):  # not by a clock that was ahead
                    return True
        return False


def append_line(path: Path, line: str) -> None:
    """On a line of its own: a full disk, or a kill, may have left the last one without its end."""
    with path.open("ab+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else f"\n{line}"
        file.write(line.encode())


def silence_after(spoken: Spoken) -> timedelta:
    if not spoken.ok:
        return timedelta(minutes=1)
    return OVER_AFTER if spoken.stored else REPEATED_AFTER


def of_line(line: str) -> Spoken | None:
    """A line that a crash cut short counts as none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(entry, Mapping) and set(entry) | {"stored"} == set(Spoken.__slots__)
    return Spoken(**entry) if whole else None
