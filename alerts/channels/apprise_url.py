"""Channels that Apprise reaches: mail, Slack, Teams, Matrix, Signal, ntfy, PagerDuty and a hundred more."""

import logging
import re
import threading

import apprise
from apprise.plugins.email import NotifyEmail

from alerts.channels.result import PASSING, Result
from alerts.message import Message

STATUS = re.compile(r"error=(\d{3})")
logger = logging.getLogger("apprise")


class Heard(logging.Handler):
    """What Apprise logs in this thread: it returns no more than True or False."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread, self.lines = threading.get_ident(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.lines.append(record.getMessage())


def send(url: str, message: Message) -> Result:
    """Through one Apprise URL. A mail is HTML with a plain-text part; other services get plain text."""
    channel = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if not isinstance(channel, apprise.NotifyBase):
        return Result(False, "the Apprise URL is not understood", refused=True)
    service = apprise.Apprise()
    service.add(channel)
    html = isinstance(channel, NotifyEmail)
    heard = Heard()
    logger.addHandler(heard)
    try:
        ok = service.notify(
            body=message.html if html else message.text,
            title=message.subject,
            body_format=apprise.NotifyFormat.HTML if html else apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )
    finally:
        logger.removeHandler(heard)
    return Result(True) if ok else failure(heard.lines, url)


def failure(lines: list[str], url: str) -> Result:
    said = next((line for line in lines if line.strip()), "not accepted")
    status = next((int(found[1]) for line in lines if (found := STATUS.search(line))), None)
    refused = status is not None and 400 <= status < 500 and status not in PASSING
    return Result(False, without_secrets(said, url)[:200], refused)


def without_secrets(said: str, url: str) -> str:
    """Every part of the address that could be a password or token, taken out."""
    for part in re.split(r"[/:@?&=,#]+", url)[1:]:
        if len(part) >= 4:
            said = said.replace(part, "…")
    return " ".join(said.split())
