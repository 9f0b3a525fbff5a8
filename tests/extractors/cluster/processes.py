"""A Dask scheduler and its workers as processes of their own, as an operator starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[3]
QUIET = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical"}


class DaskProcesses:
    """Started by `with`; every process is gone at its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.start_scheduler()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in (*self.workers.values(), self.scheduler):
            if process is not None:
                end(process)

    def start_scheduler(self) -> None:
        told = self.folder / f"scheduler-{time.monotonic_ns()}.json"
        self.scheduler = self._start(
            "scheduler", "--port", str(self.port), "--no-dashboard", "--scheduler-file", str(told)
        )
        wait_for(told)

    def add_worker(self, name: str, *, home: Path = ROOT, threads: int = 1) -> None:
        """`home`: the folder whose code it reads with."""
        self.workers[name] = self._start(
            "worker", self.address, "--name", name, "--nthreads", str(threads), "--no-nanny",
            "--no-dashboard", "--local-directory", str(self.folder), home=home,
        )  # fmt: skip

    def kill_scheduler(self) -> None:
        assert self.scheduler is not None
        end(self.scheduler)

    def kill(self, name: str) -> None:
        end(self.workers.pop(name))

    def stop(self, name: str) -> None:
        """Silent, and not gone: its connections stay open."""
        self.workers[name].send_signal(signal.SIGSTOP)

    def _start(self, verb: str, *words: str, home: Path = ROOT) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", verb, "--host", "127.0.0.1", *words]
        env = {**os.environ, **QUIET, "PYTHONPATH": str(home)}
        log = (self.folder / f"{verb}.log").open("ab")
        with log:
            return subprocess.Popen(command, env=env, cwd=home, stdout=log, stderr=log)


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(file: Path) -> None:
    for _ in range(1200):
        try:
            json.loads(file.read_text("utf-8"))
        except (OSError, json.JSONDecodeError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{file} was never written")
