"""What libcurl's error means, with what its handle tells besides."""

import os

import pycurl

from extractors.fetch.transport.connection_faults import (
    Disconnected,
    Overloaded,
    ProxyRefused,
    TooSlow,
    UnknownName,
    Unreachable,
    is_broken_off,
    is_tls,
    protocol_fault,
    tls_fault,
)
from extractors.fetch.transport.head import ResponseHead
from extractors.fetch.transport.proxies import Proxy

_PROXY_HANDSHAKE = 97
# CURLPX_REPLY_… and the like, as numbered by libcurl: what a SOCKS proxy says of the site, not of us. It
# could not reach it, does not know it, or may not.
_SAID_OF_SITE = frozenset({9, 15, 17, *range(19, 28)})
_OF_PROXY = {
    403: "it does not let this address through",
    407: "it wants a user name and password",
    502: "it could not reach the server",
    503: "it could not reach the server",
    504: "it could not reach the server in time",
}


def fault_of(
    curl: pycurl.Curl, number: int, text: str, proxy: Proxy | None, connect_seconds: float
) -> Exception:
    """One of connection_faults.py, for a handle whose transfer ended with this number."""
    if proxy is not None and (fault := _proxy_fault(curl, number, proxy)) is not None:
        return fault
    if number == pycurl.E_COULDNT_RESOLVE_HOST:
        return UnknownName("it could not be looked up")
    if number == pycurl.E_OPERATION_TIMEDOUT:
        return _too_slow(curl, connect_seconds)
    if is_tls(number):
        return tls_fault(number, text, curl.getinfo(pycurl.SSL_VERIFYRESULT))
    if number == pycurl.E_COULDNT_CONNECT:
        error = curl.getinfo(pycurl.OS_ERRNO)
        return Unreachable(os.strerror(error).lower() if error else "no connection")
    if is_broken_off(number):
        return Disconnected(text)
    if number in (pycurl.E_OUT_OF_MEMORY, pycurl.E_FAILED_INIT):
        return Overloaded(f"libcurl could not go on here ({text[:80]})")
    return protocol_fault(number, text)


def _too_slow(curl: pycurl.Curl, seconds: float) -> TooSlow:
    """libcurl keeps one limit only, that on connecting."""
    if curl.getinfo(pycurl.CONNECT_TIME) > 0:
        return TooSlow(f"did not finish the TLS handshake in {seconds:g} s", connecting=True)
    return TooSlow(f"could not be connected to in {seconds:g} s", connecting=True)


def _proxy_fault(curl: pycurl.Curl, number: int, proxy: Proxy) -> ProxyRefused | None:
    code = curl.getinfo(pycurl.HTTP_CONNECTCODE)
    if code >= 300:
        return _answered(code, proxy)
    if number == _PROXY_HANDSHAKE and curl.getinfo(pycurl.PROXY_ERROR) in _SAID_OF_SITE:
        return ProxyRefused(f"the proxy {proxy.server} did not connect to the server")
    if number in (pycurl.E_COULDNT_RESOLVE_PROXY, pycurl.E_COULDNT_CONNECT, _PROXY_HANDSHAKE):
        return ProxyRefused(
            f"the proxy {proxy.server} did not let itself be connected to", is_ours=True
        )
    return None


def own_answer(
    head: ResponseHead, proxy: Proxy, *, carries_others: bool = False
) -> ProxyRefused | None:
    """The refusal of the proxy itself, where `head` came without a tunnel and is none of the target's.

    With a 407 a proxy says how it wants to be answered (RFC 9110, 15.5.8). Some proxies and some sites
    send the number alone: it is the site's where the proxy carried other requests. Squid marks its own pages with X-Squid-Error, others say `Proxy-Status: ...; error=...`
    (RFC 9209).
    """
    status, headers = head.status, head.headers
    marked = "x-squid-error" in headers or "error=" in headers.get("proxy-status", "")
    asks = status == 407 and ("proxy-authenticate" in headers or not carries_others)
    return _answered(status, proxy) if asks or (status >= 400 and marked) else None


def _answered(code: int, proxy: Proxy) -> ProxyRefused:
    meaning = f": {_OF_PROXY[code]}" if code in _OF_PROXY else ""
    return ProxyRefused(f"the proxy {proxy.server} answered {code}{meaning}", is_ours=code == 407)
