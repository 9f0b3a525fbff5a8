"""A Prefect server of our own on loopback, for `pollwatch serve`."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flows.orchestration.serve import use_api
from flows.orchestration.server.api import unreachable
from storage.upkeep.clock import AHEAD

# It takes 8 alone, and over 90 on two cores with seventeen processes waiting
SERVER_START_SECONDS = 300
LOOK_SECONDS, END_SECONDS = 2.0, 60.0
# Ctrl-C and systemd's stop reach this process and its server at once: that the server has ended first is
# no death. No longer, as Prefect's runner often waits for a server that is gone until a second signal.
OWN_END_SECONDS = 8.0
SERVER_DIED = "The Prefect server has died: serve begins anew, with another one."
CLOCK_SET_BACK = "The clock was set back: serve begins anew, as runs are planned by the clock."
# Prefect's own database grows by 20 to 43 MB a day with our runs, and by default keeps all of them.
KEEP = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
}
# The kernel ends the server when we are gone, however we went (Linux; PR_SET_PDEATHSIG is 1). Asked after
# we went, it never would: whoever finds another parent than us is alone already.
DIES_WITH_US = """
import ctypes, os, signal, sys
if sys.platform.startswith("linux"):
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class NoServer(Exception):  # noqa: N818 - named for what is missing
    """The server did not start; `str()` says why, and what to do."""


def start_server(port: int) -> subprocess.Popen[bytes]:
    """The server, answering when this returns; this process and its children then use its API."""
    use_api(f"http://127.0.0.1:{port}/api")
    if unreachable() is None:
        raise NoServer(
            f"a Prefect server answers on port {port} already, another `pollwatch serve` perhaps: "
            f"take another --port, or use it: PREFECT_API_URL=http://127.0.0.1:{port}/api"
        )
    prefect = str(Path(sys.executable).with_name("prefect"))
    command = [prefect, "server", "start", "--port", str(port)]
    server = subprocess.Popen(
        dying_with_us(command),
        env={**KEEP, **os.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + SERVER_START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NoServer(f"the Prefect server did not start; is port {port} taken? Try --port")
        if unreachable() is None:
            return server
        time.sleep(0.5)
    stop_server(server)
    raise NoServer(
        f"the Prefect server did not answer within {SERVER_START_SECONDS} s, though it goes on starting: "
        "is the machine too busy? `pollwatch run` needs no server"
    )


def dying_with_us(command: list[str]) -> list[str]:
    """The command of a child that does not outlive this process."""
    return [sys.executable, "-I", "-c", DIES_WITH_US, str(os.getpid()), *command]


def since_start() -> timedelta:
    """The clock's time less the machine's own, which nobody can set."""
    return timedelta(seconds=time.time() - time.monotonic())


class ServerWatch:
    """Ends this process when its server dies, or the clock is set back: what Prefect serves goes on asking a
    server that is gone; and to a server that has planned runs for days to come it plans none before those.
    Either way no run begins any more, and nobody says so.

    It is told to stop as an operator does it, unless it is stopped within `OWN_END_SECONDS` anyway. Where it
    has not within `END_SECONDS`, `otherwise` is called. `why`: what happened, in a sentence.
    """

    def __init__(
        self,
        server: subprocess.Popen[bytes] | None,  # None: one that is not ours
        otherwise: Callable[[str], object],
        clock: Callable[[], timedelta] = since_start,
    ) -> None:
        self.server, self.otherwise, self.clock = server, otherwise, clock
        self.why: str | None = None
        self.over = threading.Event()
        threading.Thread(target=self._wait, name="server", daemon=True).start()

    def _wait(self) -> None:
        now = self.clock()
        while self.why is None and not self.over.wait(LOOK_SECONDS):
            before, now = now, self.clock()
            if self.server is not None and self.server.poll() is not None:
                if self.over.wait(OWN_END_SECONDS):
                    return
                self.why = SERVER_DIED
            elif before - now > AHEAD:
                self.why = CLOCK_SET_BACK
        if self.why is not None:
            os.kill(os.getpid(), signal.SIGTERM)
            if not self.over.wait(END_SECONDS):
                self.otherwise(self.why)

    def stop(self) -> None:
        self.over.set()


def stop_server(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
