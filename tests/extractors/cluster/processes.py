"""A Dask scheduler and its workers as processes of their own, as an operator starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.extractors.cluster.namespaces import Room, certificate

ROOT = Path(__file__).parents[3]
QUIET = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical"}


class DaskProcesses:
    """Started by `with`; every process is gone at its end.

    With `rooms`, workers are in those network namespaces in turn, and speak TLS with a scheduler at
    `host`; `tls`: without rooms, too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        rooms: Sequence[Room] = (),
        tls: bool = False,
    ) -> None:
        self.folder, self.host, self.rooms = folder, host, rooms
        self.port = free_port()
        self.address = f"{'tls' if rooms or tls else 'tcp'}://{host}:{self.port}"
        self._tls = [str(file) for file in certificate(folder)] if rooms or tls else []
        self._started = 0
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
        address_file = self.folder / f"scheduler-{time.monotonic_ns()}.json"
        spoken = ("--protocol", "tls") if self._tls else ()
        self.scheduler = self._start(
            "scheduler", "--port", str(self.port), "--no-dashboard", "--scheduler-file", str(address_file),
            *spoken, "--host", self.host,
        )  # fmt: skip
        wait_for(address_file)

    def add_worker(self, name: str, *, home: Path = ROOT, threads: int = 1) -> None:
        """`home`: the folder whose code it reads with."""
        room = self.rooms[self._started % len(self.rooms)] if self.rooms else None
        self._started += 1
        self.workers[name] = self._start(
            "worker", self.address, "--name", name, "--nthreads", str(threads), "--no-nanny",
            "--no-dashboard", "--local-directory", str(self.folder),
            "--host", room.address if room else self.host, home=home, inside=room.inside if room else (),
        )  # fmt: skip

    @property
    def for_clients(self) -> Mapping[str, str]:
        """What the environment of a run must say to speak with this cluster."""
        if not self._tls:
            return {}
        pem, key = self._tls
        tls = "DASK_DISTRIBUTED__COMM__TLS__"
        return {f"{tls}CA_FILE": pem, f"{tls}CLIENT__CERT": pem, f"{tls}CLIENT__KEY": key}

    def kill_scheduler(self) -> None:
        assert self.scheduler is not None
        end(self.scheduler)

    def kill(self, name: str) -> None:
        end(self.workers.pop(name))

    def leave(self, name: str) -> None:
        """Ended as its machine's operator, or a batch system, ends a worker."""
        self.workers[name].terminate()

    def stop(self, name: str) -> None:
        """Silent, and not gone: its connections stay open."""
        self.workers[name].send_signal(signal.SIGSTOP)

    def _start(
        self, verb: str, *words: str, home: Path = ROOT, inside: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        command = [*inside, sys.executable, "-m", "dask", verb, *words]
        if self._tls:
            pem, key = self._tls
            command += ["--tls-ca-file", pem, "--tls-cert", pem, "--tls-key", key]
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
