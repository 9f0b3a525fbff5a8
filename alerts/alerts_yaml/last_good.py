"""The alerts.yaml to go by: the file itself, or its last version without faults, kept beside the database.

So a slip of the pen silences nobody, also when the process that noticed it is not the one that runs.
"""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from alerts.alerts_yaml.config import AlertConfig
from alerts.alerts_yaml.load import load_alerts


@dataclass(frozen=True, slots=True)
class InUse:
    """`config` is None where there is no file, or never was one without faults."""

    config: AlertConfig | None
    faults: tuple[Exception, ...] = ()


def kept_path(alerts: Path, database: Path) -> Path:
    return database.absolute().with_name(f"{database.name}.{alerts.name}.last-good")


def in_use(alerts: Path, database: Path) -> InUse:
    """Never raises for what a file says; the faults of today's come with the version that stands in."""
    if not alerts.exists():
        return InUse(None)
    copy = kept_path(alerts, database)
    try:
        config = load_alerts(alerts)
    except ExceptionGroup as group:
        return InUse(read_kept(copy), group.exceptions)
    keep_alerts(alerts, copy)
    return InUse(config)


def read_kept(copy: Path) -> AlertConfig | None:
    if not copy.exists():
        return None
    try:
        return load_alerts(copy)
    except ExceptionGroup:  # of an older Pollwatch, or cut short by a full disk
        return None


def keep_alerts(alerts: Path, copy: Path) -> None:
    """With its permissions, as a webhook's address may be a secret. A disk that is full keeps the older."""
    beside = copy.with_name(f".{copy.name}.{os.getpid()}")
    try:
        if copy.exists() and copy.read_bytes() == alerts.read_bytes():
            return
        shutil.copy(alerts, beside)
        beside.replace(copy)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
