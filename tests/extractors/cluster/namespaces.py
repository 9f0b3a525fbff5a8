"""Machines of a cluster as network namespaces of this one, whose links lose packets. Linux, root, `ip`, `nft`.

nftables drops at random; netem, which delays as well, is missing from many kernels of virtual machines.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

# Of this process: a test that was killed leaves its bridge behind, and two with one address hear nothing.
NETWORK = f"10.77.{os.getpid() % 250}"


@dataclass(frozen=True, slots=True)
class Room:
    """One machine: its address, and what a command begins with to run there."""

    name: str
    address: str

    @property
    def inside(self) -> Sequence[str]:
        return ("ip", "netns", "exec", self.name)


def unavailable() -> str | None:
    """Why there are no such machines here; None: there are."""
    if missing := [name for name in ("ip", "nft", "openssl") if shutil.which(name) is None]:
        return f"needs {' and '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    try:
        with rooms(1, loss=1):
            return None
    except subprocess.CalledProcessError as refused:
        return f"this kernel refuses: {refused.stderr.decode(errors='replace').strip()}"


@contextmanager
def rooms(count: int, *, loss: float) -> Iterator[tuple[str, Sequence[Room]]]:
    """The address of this machine, and others on a bridge with it that lose `loss` per cent of their
    packets, each way."""
    bridge = f"pw{os.getpid()}"
    with ExitStack() as undo:
        undo.callback(try_to, "ip", "link", "del", bridge)
        do("ip", "link", "add", bridge, "type", "bridge")
        do("ip", "addr", "add", f"{NETWORK}.1/24", "dev", bridge)
        do("ip", "link", "set", bridge, "up")
        namespaces = []
        for number in range(count):
            room = Room(f"{bridge}-{number}", f"{NETWORK}.{11 + number}")
            undo.callback(try_to, "ip", "netns", "del", room.name)
            furnish(room, bridge, loss)
            namespaces.append(room)
        yield f"{NETWORK}.1", namespaces


def furnish(room: Room, bridge: str, loss: float) -> None:
    outside = room.name.replace("-", "o")
    do("ip", "netns", "add", room.name)
    do("ip", "link", "add", outside, "type", "veth", "peer", "name", "wire", "netns", room.name)
    do("ip", "link", "set", outside, "master", bridge, "up")
    do(*room.inside, "ip", "addr", "add", f"{room.address}/24", "dev", "wire")
    do(*room.inside, "ip", "link", "set", "wire", "up")
    do(*room.inside, "ip", "link", "set", "lo", "up")
    do(*room.inside, "nft", "add", "table", "ip", "lossy")
    for way, device in (("input", "iifname"), ("output", "oifname")):
        chain = ("ip", "lossy", way)
        do(*room.inside, "nft", "add", "chain", *chain, f"{{ type filter hook {way} priority 0; }}")
        dropped = ("numgen", "random", "mod", "10000", "<", str(round(loss * 100)), "counter", "drop")  # fmt: skip
        do(*room.inside, "nft", "add", "rule", *chain, device, "wire", *dropped)


def packets_lost(room: Room) -> int:
    listed = do(*room.inside, "nft", "list", "table", "ip", "lossy").decode()
    words = listed.split()
    return sum(int(words[at + 1]) for at, word in enumerate(words) if word == "packets")


def certificate(folder: Path) -> tuple[Path, Path]:
    """One for all machines of a cluster, and its key."""
    pem, key = folder / "cluster.pem", folder / "cluster.key"
    do("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
       "/CN=pollwatch-cluster", "-keyout", str(key), "-out", str(pem))  # fmt: skip
    return pem, key


def do(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def try_to(*command: str) -> None:
    subprocess.run(command, check=False, capture_output=True)
