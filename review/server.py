"""Runs the review server until it is told to stop."""

import errno
import gc
import json
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import uvicorn

from review import app
from review.auth.team_file import Team
from storage.acts import second_opinions
from storage.database.connection import on_read_only_media, write_txn
from storage.database.errors import StorageError
from storage.facts import keep_fact
from storage.store import Store

Greet = Callable[[str, str | None], None]
GreetAgain = Callable[[str | None], None]


def ready(path: Path, now: datetime) -> str | None:
    """Bring the schema up to date; a sentence if the file cannot be used."""
    try:
        if on_read_only_media(path):
            Store.open_existing(path).close()
            return None
        Store.open_existing(path, any_version=True).close()  # a review makes no database
        Store.open(path, now=now).close()
    except StorageError as exc:
        return str(exc)
    return None


def keep_settings(path: Path, team: Team) -> None:
    """What of the team file the pipeline and acts go by."""
    if on_read_only_media(path):
        return
    settings = {second_opinions.SHARE_FACT: repr(team.second_opinions / 100)}
    if team.due_minutes is not None:
        settings["due_minutes"] = json.dumps(dict(team.due_minutes))
    with Store.open_existing(path, any_version=True) as store:
        store.db.execute("PRAGMA query_only = OFF")
        with write_txn(store.db):
            for key, value in settings.items():
                keep_fact(store.db.conn, key, value)


class ListenError(Exception):
    """The address cannot be had; its text says why and what to do, for whoever started us."""


def listen(host: str, port: int) -> socket.socket:
    """A socket on `port`, or on a free one for 0. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            why = "another program, perhaps a review server of yours, listens there"
        else:
            why = (exc.strerror or str(exc)).lower()
        raise ListenError(
            f"cannot listen on port {port} of {host}: {why}. --port names another; --port 0 picks a free one."
        ) from exc
    # asyncio sets it for sockets that name TCP, which those of create_server do not; without it the last piece
    # of an answer waits 40 ms for the browser to confirm the piece before.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket, team: Team) -> str:
    host, port = listening.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{team.path_prefix}/"


def keep_loaded() -> None:
    """What was loaded so far stays: Python's collector need not look through it again, which took 0.1 s of a
    page now and then."""
    gc.collect()
    gc.freeze()


def serve_review(
    path: Path,
    team: Team,
    listening: socket.socket,
    *,
    greet: Greet,
    greet_again: GreetAgain,
    rules: Path | None = None,
    alerts: Path | None = None,
) -> None:
    """Call `greet` with the address and, for one person alone, their one-time link.

    `greet_again` prints another link when somebody at this machine asks for one.
    """
    keep_settings(path, team)
    ds = app.build(path, team, rules, alerts)
    with Store.open_existing(path, any_version=True) as store:
        ds.pollwatch_desk.tally.refresh(store.db.conn)
    address = url_of(listening, team)

    def new_link() -> str | None:
        if not team.solo:
            return None
        token = ds.pollwatch_desk.sessions.offer(next(iter(team.people)))
        return f"{address}-/sign-in/link?token={token}"

    ds.pollwatch_desk.greet_again = lambda: greet_again(new_link())
    greet(address, new_link())
    keep_loaded()
    config = uvicorn.Config(
        ds.app(), log_level="warning", lifespan="on", server_header=False,
        proxy_headers=False, timeout_keep_alive=20,  # auth/client_address.py reads them
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
