"""What came of a request, said so that a person knows what happened and what to do. Pure."""

import re
from datetime import datetime
from http import HTTPStatus

from model import Outcome

STATUS_OUTCOMES = {
    401: Outcome.UNAUTHORIZED,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
    451: Outcome.LEGAL,
    999: Outcome.FORBIDDEN,  # LinkedIn and others, to whatever is no browser
}
# Of no standard: what Cloudflare, nginx and hosting companies mean by them.
_PHRASES = {
    430: "Request Header Fields Too Large",
    495: "SSL Certificate Error",
    496: "SSL Certificate Required",
    497: "HTTP Request Sent to HTTPS Port",
    499: "Client Closed Request",
    509: "Bandwidth Limit Exceeded",
    520: "Unknown Error of the site behind Cloudflare",
    521: "Site Down behind Cloudflare",
    522: "Site Timed Out behind Cloudflare",
    523: "Site Unreachable behind Cloudflare",
    524: "Site Too Slow behind Cloudflare",
    525: "TLS Failed between Cloudflare and the site",
    526: "Invalid Certificate of the site behind Cloudflare",
    530: "Cloudflare cannot find the site",
}
_MEANING = {
    401: "it wants a user name and password",
    402: "it wants to be paid for this",
    403: "it refuses us",
    404: "nothing is at this address now",
    410: "it says that this is gone for good",
    429: "it says that we ask too often",
    451: "it may not show this for legal reasons",
    999: "it refuses us",
}

# What nginx says in the page of a 400 alone.
_SAID_OF_400 = (
    (b"No required SSL certificate was sent", "it wants a certificate of the client, which there is none of here"),
    (b"SSL certificate error", "it does not take the certificate of the client"),
    (b"plain HTTP request was sent to HTTPS port", "this port speaks https, and the address says http"),
    (b"Cookie Too Large", "it was sent more than it takes"),
)  # fmt: skip

_LOGIN = re.compile(r"[\w-]{1,20}", re.ASCII)


def outcome_of(status: int) -> Outcome:
    """The name of a final status other than 304."""
    if status in STATUS_OUTCOMES:
        return STATUS_OUTCOMES[status]
    if 500 <= status < 600:
        return Outcome.SERVER_ERROR
    if status in (204, 205):
        return Outcome.EMPTY
    return Outcome.OK if 200 <= status < 300 else Outcome.HTTP_ERROR


def status_sentence(
    host: str,
    status: int,
    retry_after: datetime | None,
    body: bytes = b"",
    challenge: str = "",
) -> str:
    """`challenge`: the WWW-Authenticate of a 401, whose first word is the kind of login."""
    sentence = f"{host} answered {status} {phrase(status)}".rstrip()
    meaning = _MEANING.get(status)
    if status == 400:
        meaning = next((meaning for words, meaning in _SAID_OF_400 if words in body), None)
    kind = _LOGIN.match(challenge)
    if kind and "basic" not in challenge.lower():
        meaning = f"it wants a login by {kind[0]}, and Basic is all that is known here"
    if meaning is not None:
        sentence += f": {meaning}"
    return f"{sentence}; not before {clock(retry_after)}." if retry_after else f"{sentence}."


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _PHRASES.get(status, "")


def clock(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def size(count: int) -> str:
    return f"{count:,} bytes" if count < 10_000 else f"{count / 1000:,.0f} kB"
