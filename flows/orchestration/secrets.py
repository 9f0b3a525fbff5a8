"""Turns `auth: env:NAME` and `auth: secret:BLOCK` of feeds.yaml into the secrets themselves."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any, cast

from prefect.blocks.core import Block
from prefect.blocks.system import Secret

from model import ConfigError, FeedSpec


async def resolve_secrets(feeds: Sequence[FeedSpec], path: str) -> dict[str, str]:
    """Feed id → "user:password". Raises an `ExceptionGroup` of every secret that is missing."""
    found: dict[str, str] = {}
    faults: list[ConfigError] = []
    for spec in feeds:
        if not spec.enabled or not spec.auth:
            continue
        try:
            found[spec.id] = await resolve(spec.auth)
        except LookupError as missing:
            faults.append(ConfigError(path, f"{spec.id}: {missing.args[0]}", field="auth"))
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
