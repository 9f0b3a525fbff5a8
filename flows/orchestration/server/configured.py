"""Which Prefect API is configured, read without importing Prefect, which takes seconds."""

import os
import tomllib
from pathlib import Path

from storage.database.errors import StorageError


class NoPrefect(StorageError):  # noqa: N818 - named for what is missing
    """A record in Prefect was asked for, and no Prefect API is configured."""

    def __init__(self) -> None:
        super().__init__(
            "no Prefect API is configured: set PREFECT_API_URL, or run without --prefect"
        )


def configured_api() -> str | None:
    """The API's URL from the environment or from Prefect's active profile; None without one."""
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    try:
        home = Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    except RuntimeError:  # HOME is not set, and the account has no name and no home
        home = Path(os.devnull)
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    try:
        profiles = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # none there, or none that Prefect could read either
        return None
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    url = profiles.get("profiles", {}).get(active, {}).get("PREFECT_API_URL")
    return url if isinstance(url, str) and url else None
