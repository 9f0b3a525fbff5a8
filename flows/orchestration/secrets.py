"""Turns `env:NAME` and `secret:BLOCK` of feeds.yaml into the secrets themselves."""

import asyncio
import os
from typing import Any, cast

from prefect.blocks.core import Block
from prefect.blocks.system import Secret

from extractors.feed_list.network import faults_of_network, references
from model import ConfigError, FeedList


async def resolve_secrets(listed: FeedList) -> dict[str, str]:
    """What `env:NAME` and `secret:BLOCK` of enabled feeds and of the settings hold, by these names.

    Raises an `ExceptionGroup` of all that is missing, or is no proxy or header as it should be.
    """
    found: dict[str, str] = {}
    faults: list[ConfigError] = []
    for where, field, reference in references(listed):
        try:
            found[reference] = await resolve(reference)
        except LookupError as missing:
            faults.append(ConfigError(listed.path, f"{where}: {missing.args[0]}", field=field))
    faults += faults_of_network(listed, found, os.environ)
    if faults:
        raise ExceptionGroup("secrets", faults)
    return found


def alert_secret(name: str) -> str:
    """The value of env:NAME, secret:block or block:type/name, for a thread without an event loop.

    Raises LookupError with a sentence. A notification block gives the Apprise URL that it speaks to.
    """
    kind, _, rest = name.partition(":")
    if kind == "block":
        return asyncio.run(notification_url(rest))
    return asyncio.run(resolve(name))


async def notification_url(slug: str) -> str:
    """Of a block such as slack-webhook/desk."""
    try:
        block: Any = await Block.aload(slug)
    except ValueError:
        raise LookupError(f"there is no Prefect block {slug}") from None
    client = getattr(block, "_apprise_client", None)
    if not client:
        raise LookupError(f"the Prefect block {slug} is no notification block")
    return str(client[0].url(privacy=False))


async def resolve(auth: str) -> str:
    kind, _, name = auth.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise LookupError(f"the environment variable {name} is not set")
        return os.environ[name]
    try:
        block = await Secret.aload(name)
    except ValueError:
        raise LookupError(f"there is no Prefect Secret block named {name}") from None
    value: object = cast(Secret[str], block).get()
    return str(value)
