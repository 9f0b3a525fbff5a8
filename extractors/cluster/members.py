"""The workers of a cluster, as a run knows them. Knows no Dask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MemberState = Literal["new", "ready", "refused", "silent"]


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds on the clock."""

    batch: float = 60.0  # then its worker counts as silent, and its jobs go elsewhere
    check: float = 120.0  # for the known page, processes started and rules compiled meanwhile
    cluster: float = 180.0  # without one ready worker, before the cluster is given up
    look: float = 1.0  # between two looks at who is up


@dataclass(slots=True)
class Member:
    """`new` until it has read a known page; `silent` when it kept a batch too long."""

    name: str
    threads: int
    state: MemberState = "new"
    why: str = ""


@dataclass(slots=True)
class Members:
    """By address. Pages go to the `ready` ones only."""

    by_address: dict[str, Member] = field(default_factory=dict)

    def update(self, up: Mapping[str, tuple[str, int]]) -> list[str]:
        """Take over who is up; returns the names of those who left."""
        lost = {address: self.name_of(address) for address in self.by_address if address not in up}
        for address in lost:
            del self.by_address[address]
        for address, (name, threads) in up.items():
            self.by_address.setdefault(address, Member(name, threads))
        return list(lost.values())

    def clear(self) -> None:
        self.by_address.clear()

    def ready(self) -> list[str]:
        return [address for address, member in self.by_address.items() if member.state == "ready"]

    def threads(self) -> int:
        return sum(member.threads for member in self.by_address.values() if member.state == "ready")

    def name_of(self, address: str) -> str:
        """Its name where somebody gave it one, else host and port."""
        member = self.by_address.get(address)
        name = member.name if member is not None else address
        return address.partition("://")[2] if name.isdigit() else name.rpartition("://")[2]

    def trouble(self) -> str:
        """Why no worker can be given a page, as a phrase."""
        if not self.by_address:
            return "it has no worker"
        refused = [m for m in self.by_address.values() if m.state == "refused"]
        if refused:
            return (
                f"no worker of it reads as this machine does: {refused[0].name}: {refused[0].why}"
            )
        return "none of its workers answers"
