"""Turns `env:NAME` and `secret:BLOCK` of feeds.yaml into the secrets themselves.

Prefect is imported for its blocks only, as it takes seconds.
"""

import asyncio
import os
from dataclasses import dataclass
from typing import Any, cast

from extractors.feed_list.network import faults_of_network, references, usable_secrets
from flows.orchestration.server.configured import configured_api
from model import ConfigError, FeedList

SLACK_GOVERNMENT_HOST = "hooks.slack-gov.com"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The secrets that can be used, by what names them, and a fault for each other one."""

    secrets: dict[str, str]
    faults: tuple[ConfigError, ...] = ()


async def resolve_secrets(listed: FeedList) -> Resolved:
    """What `env:NAME` and `secret:BLOCK` of enabled feeds and of the settings hold.

    A login or header that is missing stops its own feed alone, which is not asked without it.
    Raises an `ExceptionGroup` of all faults where one is of a proxy: without it requests would go
    out another way than the operator wants.
    """
    secrets: dict[str, str] = {}
    faults: list[ConfigError] = []
    for where, field, reference in references(listed):
        try:
            secrets[reference] = await resolve_auth(reference)
        except LookupError as missing:
            faults.append(ConfigError(listed.path, f"{where}: {missing.args[0]}", field=field))
    faults += faults_of_network(listed, secrets, os.environ)
    if any(fault.field == "proxy" for fault in faults):
        raise ExceptionGroup("secrets", faults)
    return Resolved(usable_secrets(listed, secrets), tuple(faults))


def alert_secret(name: str) -> str:
    """The value of env:NAME, secret:block or block:type/name, for a thread without an event loop.

    Raises LookupError with a sentence. A notification block gives the Apprise URL that it speaks to.
    """
    kind, _, rest = name.partition(":")
    if kind == "block":
        return asyncio.run(notification_url(rest))
    return asyncio.run(resolve_auth(name))


async def notification_url(slug: str) -> str:
    """Of a block such as slack-webhook/desk."""
    require_api(slug)
    from prefect.blocks.core import Block

    try:
        block: Any = await Block.aload(slug)
    except ValueError:
        raise LookupError(f"there is no Prefect block {slug}") from None
    client = getattr(block, "_apprise_client", None)
    if not client:
        raise LookupError(f"the Prefect block {slug} is not a notification block")
    return url_with_credentials(block, client[0])


def url_with_credentials(block: Any, speaks_to: Any) -> str:
    """A URL with all that the block holds. `speaks_to.url()` loses the server of Slack's webhooks for
    governments, and a Mattermost's path that begins with no slash."""
    if SLACK_GOVERNMENT_HOST in str(getattr(speaks_to, "webhook_url", "")):
        return str(block.url.get_secret_value())
    path = getattr(speaks_to, "fullpath", None)
    if path and not path.startswith("/"):
        speaks_to.fullpath = f"/{path}"
    return str(speaks_to.url(privacy=False))


async def resolve_auth(auth: str) -> str:
    kind, _, name = auth.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise LookupError(f"the environment variable {name} is not set")
        if not os.environ[name].strip():
            raise LookupError(f"the environment variable {name} is empty")
        return os.environ[name]
    require_api(name)
    from prefect.blocks.system import Secret

    try:
        block = await Secret.aload(name)
    except ValueError:
        raise LookupError(f"there is no Prefect Secret block named {name}") from None
    value: object = cast(Secret[str], block).get()
    return str(value)


def require_api(block: str) -> None:
    """Without a configured API Prefect would start a temporary server, which knows no block."""
    if configured_api() is None:
        raise LookupError(f"the Prefect block {block} needs a Prefect API, and none is configured")
