"""Where a cluster is, as `cluster:` in feeds.yaml and `--cluster` name it."""

import ipaddress
import re
from urllib.parse import urlsplit

MOST_LOCAL = 64
_LOCAL = re.compile(r"local\[(\d{1,3})\]")
FORMS = "tls://host:8786, tcp://127.0.0.1:8786 or local[N]"


def check_cluster(text: str) -> str:
    """The address, if it may be used. Raises ValueError with what is wrong about it.

    Whoever reaches a Dask scheduler or worker that asks for no certificate runs code there, so
    plain `tcp://` is for this machine alone.
    """
    if _LOCAL.fullmatch(text):
        if not 1 <= local_processes(text) <= MOST_LOCAL:
            raise ValueError(f"local[N] starts 1 to {MOST_LOCAL} processes, not {text}")
        return text
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in {"tcp", "tls"} or not parts.hostname or not port or parts.path:
        raise ValueError(f"must be {FORMS}, not `{text}`")
    if parts.scheme == "tcp" and not is_loopback(parts.hostname):
        raise ValueError(
            f"must be tls:// beyond this machine, not `{text}`: a Dask cluster without "
            "certificates runs the code of anybody who reaches it"
        )
    return text


def local_processes(text: str) -> int:
    """How many processes `local[N]` asks for; 0 for the address of a scheduler."""
    match = _LOCAL.fullmatch(text)
    return int(match[1]) if match else 0


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
