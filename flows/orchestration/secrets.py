"""Turns `auth: env:NAME` and `auth: secret:BLOCK` of feeds.yaml into the secrets themselves."""

import os
from collections.abc import Sequence
from typing import cast

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
