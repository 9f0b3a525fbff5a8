"""Dead IPv6 addresses before a living IPv4 one, in a network namespace of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PROGRAM = """
import asyncio, errno, socket, sys
from extractors.fetch.client import Client
from extractors.fetch.request import Limits
from extractors.fetch.throttle import HostGate
from extractors.fetch.transport.proxies import Proxies

async def talk(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 12\\r\\n\\r\\n<p>alive</p>")
    writer.close()

def vanishes(address):
    with socket.socket(socket.AF_INET6) as probe:
        probe.setblocking(False)
        return probe.connect_ex((address, 8080)) == errno.EINPROGRESS

async def main():
    dead = [f"2606:4700::{n + 1:x}" for n in range(int(sys.argv[1]))]
    assert all(map(vanishes, dead))
    server = await asyncio.start_server(talk, "127.0.0.1", 8080)
    async with Client(
        user_agent="Pollwatch", gate=HostGate(seconds_between=0), allow=("127.0.0.0/8",),
        lookup=lambda host, port: [*dead, "127.0.0.1"], proxies=Proxies(),
        limits=Limits(connect_seconds=5.0),  # one after the other takes 6 s for each dead one
    ) as ours:
        response = await ours.get("http://paper.example:8080/")
        print(response.outcome, response.sentence)
    server.close()

asyncio.run(main())
"""
# Packets to these addresses vanish without a word: what a broken IPv6 route looks like.
SETUP = """
ip link set lo up
for type in dummy ifb bridge; do ip link add black0 type $type 2>/dev/null && break; done
set -e
ip link set black0 up
ip -6 addr add 2606:4700::ffff/64 dev black0 nodad
ip -6 route add default dev black0
exec "$@"
"""


def namespaces_missing() -> str | None:
    """Why no network namespace can be made here; None when one can."""
    if shutil.which("ip") is None or shutil.which("unshare") is None:
        return "`ip` and `unshare` are not installed"
    command = ["unshare", "-rn", "sh", "-c", SETUP, "sh", "true"]
    tried = subprocess.run(command, capture_output=True, text=True)
    return None if tried.returncode == 0 else f"no network namespace: {tried.stderr.strip()[:100]}"


@pytest.mark.slow
@pytest.mark.parametrize("dead", [1, 2, 4, 8])
def test_dead_ipv6_addresses_do_not_keep_a_living_ipv4_one_away(dead: int) -> None:
    if (why := namespaces_missing()) is not None:
        pytest.skip(why)
    command = ["unshare", "-rn", "sh", "-c", SETUP, "sh", sys.executable, "-c", PROGRAM, str(dead)]

    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert process.stdout.startswith("ok "), process.stdout + process.stderr
