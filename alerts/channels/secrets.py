"""Where addresses and keys are kept: never in alerts.yaml."""

import os
from collections.abc import Callable

Resolve = Callable[[str], str]


def from_environment(name: str) -> str:
    """The value of env:NAME; raises LookupError with a sentence. Prefect's blocks need flows/."""
    kind, _, rest = name.partition(":")
    if kind != "env":
        raise LookupError(f"{name} is kept by Prefect, and no Prefect API is configured")
    value = os.environ.get(rest, "")
    if not value:
        raise LookupError(f"the environment variable {rest} is not set")
    return value
