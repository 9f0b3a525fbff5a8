"""How many cores and how much memory this process may use: a container's or a unit's, not the machine's.

`os.cpu_count()` is the machine's; with a quota of one core of sixty-four it would start eight workers.
Control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html (and cgroup-v1/memory.rst).
"""

import math
import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

UNLIMITED = 1 << 60  # version 1 says "no limit" as a number near 2**63


def usable_cores(root: Path = Path("/")) -> int:
    """At least one; a part of a core counts as one."""
    quotas = [math.ceil(quota) for quota in _from_groups(root, "cpu", _quota)]
    return max(1, min([_cores_by_affinity(), *quotas]))


def memory_limit(root: Path = Path("/")) -> int | None:
    """Bytes; the least of this process's own limits and its control groups'; None without one."""
    own = [
        value
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA)
        if (value := resource.getrlimit(kind)[1]) != resource.RLIM_INFINITY
    ]
    groups = [int(limit) for limit in _from_groups(root, "memory", _bytes)]
    return min([*own, *groups], default=None)


def memory_of_machine() -> int:
    """Bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _cores_by_affinity() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _from_groups(
    root: Path, controller: str, read: Callable[[Path], float | None]
) -> Iterator[float]:
    """What each group that holds this process says, from its own to the uppermost that can be seen. In a
    container the path is often the host's, and only the uppermost folder is there: it is the container's."""
    try:
        groups = (root / "proc/self/cgroup").read_text("utf-8", "replace")
    except OSError:  # not Linux
        return
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers or controller in controllers.split(","):
            top = root / "sys/fs/cgroup" / controllers
            for folder in (top / path.lstrip("/"), *(top / path.lstrip("/")).parents):
                if (limit := read(folder)) is not None:
                    yield limit
                if folder == top:
                    break


def _bytes(group: Path) -> int | None:
    for name in ("memory.max", "memory.limit_in_bytes"):
        text = _text_of(group / name)
        if text.isdigit() and int(text) < UNLIMITED:
            return int(text)
    return None


def _quota(group: Path) -> float | None:
    """In cores."""
    text = _text_of(group / "cpu.max") or " ".join(
        _text_of(group / name) for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    )
    quota, _, period = text.partition(" ")
    if not (quota.isdigit() and period.isdigit() and int(period)):  # "max", or -1: none
        return None
    return int(quota) / int(period)


def _text_of(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except OSError:
        return ""
