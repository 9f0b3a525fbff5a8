"""What Pollwatch uses of pycurl, typed; the package's own stub says Any to everything."""

from typing import Any, NamedTuple

class error(Exception): ...

class CurlSockAddr(NamedTuple):
    family: int
    socktype: int
    protocol: int
    addr: tuple[str | bytes, int] | tuple[str | bytes, int, int, int]

class Curl:
    def setopt(self, option: int, value: object) -> None: ...
    def getinfo(self, info: int) -> Any: ...
    def pause(self, state: int) -> None: ...
    def close(self) -> None: ...

class CurlMulti:
    def setopt(self, option: int, value: object) -> None: ...
    def add_handle(self, curl: Curl) -> None: ...
    def remove_handle(self, curl: Curl) -> None: ...
    def socket_action(self, fd: int, what: int) -> tuple[int, int]: ...
    def info_read(self) -> tuple[int, list[Curl], list[tuple[Curl, int, str]]]: ...
    def close(self) -> None: ...

CSELECT_IN: int
CSELECT_OUT: int
M_SOCKETFUNCTION: int
M_TIMERFUNCTION: int
POLL_IN: int
POLL_OUT: int
POLL_REMOVE: int
SOCKET_TIMEOUT: int
CAINFO: int
CONNECTTIMEOUT_MS: int
CONNECT_TIME: int
CURL_HTTP_VERSION_1_1: int
CURL_HTTP_VERSION_2TLS: int
E_COULDNT_CONNECT: int
E_COULDNT_RESOLVE_HOST: int
E_COULDNT_RESOLVE_PROXY: int
E_FAILED_INIT: int
E_OPERATION_TIMEDOUT: int
E_OUT_OF_MEMORY: int
FOLLOWLOCATION: int
FORBID_REUSE: int
FRESH_CONNECT: int
HEADERFUNCTION: int
HTTP09_ALLOWED: int
HTTP200ALIASES: int
HTTPHEADER: int
HTTP_CONNECTCODE: int
HTTP_CONTENT_DECODING: int
HTTP_VERSION: int
IGNORE_CONTENT_LENGTH: int
MAXAGE_CONN: int
M_MAXCONNECTS: int
NETRC: int
NETRC_IGNORED: int
NOSIGNAL: int
NUM_CONNECTS: int
OPENSOCKETFUNCTION: int
OS_ERRNO: int
PATH_AS_IS: int
PAUSE_CONT: int
PIPEWAIT: int
PREREQFUNCTION: int
PREREQFUNC_ABORT: int
PREREQFUNC_OK: int
PROTOCOLS: int
PROTO_HTTP: int
PROTO_HTTPS: int
PROXY: int
PROXYPASSWORD: int
PROXYUSERNAME: int
PROXY_ERROR: int
PROXY_CAINFO: int
REDIR_PROTOCOLS: int
RESOLVE: int
SOCKET_BAD: int
SSL_VERIFYHOST: int
SSL_VERIFYPEER: int
SSL_VERIFYRESULT: int
TRANSFER_ENCODING: int
URL: int
WRITEFUNCTION: int
WRITEFUNC_PAUSE: int
