"""The dead man's switch: a service elsewhere that speaks up when we no longer do."""

import logging
import time

from alerts.channels.secrets import Resolve

logger = logging.getLogger("pollwatch")
ATTEMPTS = 3
PING_SECONDS = 10.0


def ping(address: str, resolve: Resolve) -> bool:
    """One GET, tried three times; whether it was heard. Failing to is the switch's business, not ours."""
    import httpx  # only here: each run would wait a quarter of a second for it

    try:
        url = address if address.startswith("http") else resolve(address)
    except LookupError as missing:
        logger.error("ping_url: %s", missing.args[0])
        return False
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(1)
        try:
            answer = httpx.get(url, timeout=PING_SECONDS, headers={"User-Agent": "Pollwatch"})
        except (httpx.HTTPError, httpx.InvalidURL):
            continue
        if answer.status_code < 400:
            return True
    logger.warning("ping_url could not be reached")
    return False
