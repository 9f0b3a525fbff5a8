"""libcurl's multi interface on asyncio: sockets watched by the event loop, no threads, no polling.

pycurl brings an AsyncCurlMulti of its own. It takes three more turns of the event loop for each
request, and a multi handle that libcurl has declared dead cannot be replaced in it.
"""

import asyncio

import pycurl

KEPT_CONNECTIONS = 256
Ended = tuple[int, str]  # libcurl's error number and text; 0 when all went well
_WELL: Ended = (0, "")


class MultiFailed(Exception):  # noqa: N818
    """libcurl gave the whole multi handle up: nothing can be said of the single request."""


class Multi:
    """Runs handles, each until its transfer has ended. Belongs to one event loop and one process."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._starting = self._due = False
        self._running: dict[pycurl.Curl, asyncio.Future[Ended]] = {}
        self._open()

    def start(self, curl: pycurl.Curl) -> "asyncio.Future[Ended]":
        """Done when the transfer has ended; `stop` must follow where it is not waited for."""
        future: asyncio.Future[Ended] = self._loop.create_future()
        self._starting = True
        try:
            self._multi.add_handle(curl)
        except pycurl.error as exc:
            self._give_up(exc)
            self._multi.add_handle(curl)
        finally:
            self._starting = False
        self._running[curl] = future
        if self._due:  # at once: a turn of the event loop for each request would cost a tenth of it
            self._due = False
            self._act(pycurl.SOCKET_TIMEOUT, 0)
        return future

    def stop(self, curl: pycurl.Curl) -> None:
        """Let go of the handle, if it is still ours; never to be called within a callback."""
        if self._running.pop(curl, None) is not None:
            self._multi.remove_handle(curl)

    def close(self) -> None:
        for curl, future in list(self._running.items()):
            self.stop(curl)
            future.cancel()
        self._shut()

    def _open(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._watched: dict[int, int] = {}
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        # No M_MAX_HOST_CONNECTIONS: requests would queue within their connect limit, in libcurl.
        # The gate holds them back before they come here.
        self._multi.setopt(pycurl.M_MAXCONNECTS, KEPT_CONNECTIONS)

    def _shut(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._multi.close()  # closes the kept connections, and says so for each socket
        for fd in list(self._watched):
            self._watch(fd, pycurl.POLL_REMOVE)

    def _on_socket(self, what: int, fd: int, multi: pycurl.CurlMulti, data: object) -> None:
        """Whatever is raised in here, libcurl declares the multi handle dead for: `_act` replaces it."""
        self._watch(fd, what)

    def _watch(self, fd: int, what: int) -> None:
        events = 0 if what == pycurl.POLL_REMOVE else what
        watched = self._watched.pop(fd, 0)
        if events:
            self._watched[fd] = events
        if events & pycurl.POLL_IN and not watched & pycurl.POLL_IN:
            self._loop.add_reader(fd, self._act, fd, pycurl.CSELECT_IN)
        elif watched & pycurl.POLL_IN and not events & pycurl.POLL_IN:
            self._loop.remove_reader(fd)
        if events & pycurl.POLL_OUT and not watched & pycurl.POLL_OUT:
            self._loop.add_writer(fd, self._act, fd, pycurl.CSELECT_OUT)
        elif watched & pycurl.POLL_OUT and not events & pycurl.POLL_OUT:
            self._loop.remove_writer(fd)

    def _on_timer(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds == 0 and self._starting:
            self._due = True
        elif milliseconds == 0:
            self._timer = self._loop.call_soon(self._on_time)
        elif milliseconds > 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._act(pycurl.SOCKET_TIMEOUT, 0)

    def _act(self, fd: int, what: int) -> None:
        try:
            self._multi.socket_action(fd, what)
        except pycurl.error as exc:
            self._drain()
            self._give_up(exc)
        else:
            self._drain()

    def _drain(self) -> None:
        _, well, badly = self._multi.info_read()
        for curl in well:
            self._end(curl, _WELL)
        for curl, number, text in badly:
            self._end(curl, (number, text))

    def _end(self, curl: pycurl.Curl, ended: Ended) -> None:
        future = self._running.get(curl)
        self.stop(curl)
        if future is not None and not future.done():
            future.set_result(ended)

    def _give_up(self, exc: pycurl.error) -> None:
        """A new multi handle, with new connections, for all that comes; what is under way fails."""
        running, self._running = self._running, {}
        for curl, future in running.items():
            self._multi.remove_handle(curl)
            if not future.done():
                future.set_exception(MultiFailed(str(exc)))
        self._shut()
        self._open()
