"""Which Prefect API is configured, and whether it answers."""

import os

os.environ.setdefault("DO_NOT_TRACK", "1")  # before Prefect is imported
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings


def api_url() -> str | None:
    """The configured API, from the environment or the active profile; None without one."""
    return get_current_settings().api.url


def unreachable() -> str | None:
    """Why the configured API does not answer; None when it does."""
    if api_url() is None:  # Prefect would start a temporary server
        return "no Prefect API is configured"
    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    return None if error is None else f"{type(error).__name__}: {error}"


async def has_pool(name: str) -> bool:
    async with get_client() as client:
        try:
            await client.read_work_pool(name)
        except ObjectNotFound:
            return False
    return True
