"""Which Prefect API is configured, and whether it answers."""

import os

os.environ.setdefault("DO_NOT_TRACK", "1")  # before Prefect is imported
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "60")

from prefect.client.orchestration import get_client
from prefect.settings import get_current_settings


def api_url() -> str | None:
    """The configured API, from the environment or the active profile; None without one."""
    return get_current_settings().api.url


def unreachable() -> str | None:
    """Why the API does not answer; None when it does.

    With no API configured this starts Prefect's temporary server, which takes seconds.
    """
    try:
        with get_client(sync_client=True) as client:
            error = client.api_healthcheck()
    except RuntimeError as failed:  # the temporary server did not come up
        error = failed
    return None if error is None else f"{type(error).__name__}: {error}"
