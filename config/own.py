"""Where one's own configuration lies: in local/, which git ignores, so that an upgrade never meets it."""

from pathlib import Path

LOCAL = "local"  # beside feeds.yaml, and within rules/ and rules/terms/


def in_force(home: Path, name: str | Path) -> Path:
    """`name` within `home`, or the file of that name in local/, where there is one."""
    own = home / LOCAL / name
    return own if not Path(name).is_absolute() and own.exists() else home / name


def is_own(file: Path, folder: Path) -> bool:
    """Whether a file of this folder is one's own."""
    return folder.is_dir() and file.relative_to(folder).parts[0] == LOCAL
