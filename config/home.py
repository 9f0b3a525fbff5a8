"""Where one's own files lie: in the home folder, and there in local/, which git ignores, so that an
upgrade never meets it."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# feeds.yaml, rules/, alerts.yaml and data/ are there, for commands and for flows
HOME = Path(os.environ.get("POLLWATCH_HOME") or PROJECT).absolute()
LOCAL = "local"  # beside feeds.yaml, and within rules/ and rules/terms/


def in_force(home: Path, name: str | Path) -> Path:
    """`name` within `home`, or the file of that name in local/, where there is one."""
    own = home / LOCAL / name
    return own if not Path(name).is_absolute() and own.exists() else home / name


def is_own(file: Path, folder: Path) -> bool:
    """Whether a file of this folder is one's own."""
    return folder.is_dir() and file.relative_to(folder).parts[0] == LOCAL
