"""How much of the machine is ours, by control groups laid out as Linux, systemd and Docker lay them."""

import os
from pathlib import Path

import pytest

from extractors.workers.granted import memory_limit, memory_of_machine, usable_cores

MB = 1 << 20
V1_NONE = "9223372036854771712"
SERVICE = "0::/system.slice/pollwatch.service\n"
DOCKER_V1 = "4:memory:/docker/c0ffee\n3:cpu,cpuacct:/docker/c0ffee\n0::/\n"


def laid(root: Path, groups: str, files: dict[str, str]) -> Path:
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "ascii")
    return root


@pytest.mark.parametrize(
    ("groups", "files", "memory"),
    [
        (SERVICE, {"system.slice/pollwatch.service/memory.max": f"{512 * MB}\n"}, 512),
        (SERVICE, {"system.slice/pollwatch.service/memory.max": "max\n"}, None),
        (SERVICE, {"system.slice/memory.max": f"{600 * MB}\n"}, 600),  # a slice's, above the unit
        ("0::/\n", {"memory.max": f"{256 * MB}\n"}, 256),  # a container
        (DOCKER_V1, {"memory/memory.limit_in_bytes": f"{512 * MB}\n"}, 512),
        (DOCKER_V1, {"memory/memory.limit_in_bytes": f"{V1_NONE}\n"}, None),
        ("0::/../../elsewhere\n", {}, None),  # of a process moved out of its namespace
    ],
)
def test_the_memory_of_a_unit_a_slice_and_a_container_is_known(
    tmp_path: Path, groups: str, files: dict[str, str], memory: int | None
) -> None:
    root = laid(tmp_path, groups, {f"sys/fs/cgroup/{name}": text for name, text in files.items()})

    assert memory_limit(root) == (memory * MB if memory is not None else None)


@pytest.mark.parametrize(
    ("groups", "files", "cores"),
    [
        (SERVICE, {"system.slice/pollwatch.service/cpu.max": "50000 100000\n"}, 1),
        (SERVICE, {"system.slice/cpu.max": "100000 100000\n"}, 1),
        (DOCKER_V1, {"cpu,cpuacct/cpu.cfs_quota_us": "100000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"}, 1),
        (SERVICE, {"system.slice/pollwatch.service/cpu.max": "max 100000\n"}, None),
        (DOCKER_V1, {"cpu,cpuacct/cpu.cfs_quota_us": "-1\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"}, None),
    ],
)  # fmt: skip
def test_a_quota_of_cores_counts_and_without_one_those_that_we_may_run_on(
    tmp_path: Path, groups: str, files: dict[str, str], cores: int | None
) -> None:
    root = laid(tmp_path, groups, {f"sys/fs/cgroup/{name}": text for name, text in files.items()})
    whole = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    assert usable_cores(root) == (cores or whole)


def test_without_control_groups_the_machine_is_ours(tmp_path: Path) -> None:
    assert memory_limit(tmp_path) is None
    assert usable_cores(tmp_path) >= 1
    assert memory_of_machine() > 64 * MB
