"""Channels that Apprise reaches: mail, Slack, Teams, Matrix, Signal, ntfy, PagerDuty and a hundred more."""

import logging
import re
import threading

import apprise
from apprise.plugins.email import NotifyEmail
from apprise.plugins.slack import NotifySlack

from alerts.channels.result import PASSING, SendResult
from alerts.message import Message

MARGIN = 20
STATUS = re.compile(r"error=(\d{3})")
SLACK_GOVERNMENT = re.compile(
    r"https://hooks\.slack-gov\.com/services/([A-Z0-9]+)/([A-Z0-9]+)/([A-Z0-9]+)/?", re.I
)
CAUSE = (
    "Socket Exception: "  # Apprise says why a mail server did not take a mail for debugging only
)
ANSWER = re.compile(
    r"""\((\d{3}), b(['"])(.*)\2\)""", re.DOTALL
)  # how smtplib writes a server's answer
logger = logging.getLogger("apprise")


class LogLines(logging.Handler):
    """What Apprise logs in this thread: it returns no more than True or False."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread, self.lines = threading.get_ident(), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage()
        if record.thread == self.thread and (
            record.levelno > logging.INFO or words.startswith(CAUSE)
        ):
            self.lines.append(words)


def send_by_apprise(url: str, message: Message) -> SendResult:
    """Through one Apprise URL. A mail is HTML with a plain-text part; other services get plain text.

    A service that refuses a text for its length (Discord, Telegram) gets as much as it takes.
    """
    channel = service(url)
    if not isinstance(channel, apprise.NotifyBase):
        return SendResult(False, "the Apprise URL is not understood", refused=True)
    if isinstance(channel, NotifyEmail):
        return notify(channel, url, message.subject, message.html, apprise.NotifyFormat.HTML)
    result = notify(channel, url, message.subject, message.text, apprise.NotifyFormat.TEXT)
    room = channel.body_maxlen - len(message.subject) - MARGIN  # some put the title into the text
    if not result.refused or len(message.text) <= room:
        return result
    text = shortened(message.text, room, message.data.get("link"))
    return notify(channel, url, message.subject, text, apprise.NotifyFormat.TEXT)


def service(url: str) -> object:
    """Whoever the URL speaks to; None where Apprise knows nobody. Apprise knows the webhooks of
    commercial Slack only, not those of Slack for governments, whose server is another one."""
    if (government := SLACK_GOVERNMENT.fullmatch(url)) is None:
        return apprise.Apprise.instantiate(url, suppress_exceptions=True)
    slack = NotifySlack(token_a=government[1], token_b=government[2], token_c=government[3])  # type: ignore[no-untyped-call]
    slack.webhook_url = "https://hooks.slack-gov.com/services"
    return slack


def notify(
    channel: apprise.NotifyBase, url: str, subject: str, body: str, form: apprise.NotifyFormat
) -> SendResult:
    sending = apprise.Apprise()
    sending.add(channel)
    log_lines = LogLines()
    if isinstance(
        channel, NotifyEmail
    ):  # a log of its own, as nobody else's may hear what is for debugging
        channel.logger = logging.Logger("mail", logging.DEBUG)
        channel.logger.addHandler(log_lines)
        log_lines.setLevel(logging.DEBUG)
    logger.addHandler(log_lines)
    try:
        ok = sending.notify(body=body, title=subject, body_format=form, interpret_escapes=False)
    finally:
        logger.removeHandler(log_lines)
    return SendResult(True) if ok else failed_send(log_lines.lines, url)


def shortened(text: str, longest: int, link: object) -> str:
    """The first lines that fit, and the link to all of it."""
    tail = "\n…" + (f"\n\nOpen: {link}" if link else "")
    head = text[: max(0, longest - len(tail))]
    return head.rpartition("\n")[0].rstrip() + tail if "\n" in head else head + tail


def failed_send(lines: list[str], url: str) -> SendResult:
    complaint = next((line for line in lines if line.strip()), "not accepted")
    if cause := next((line.removeprefix(CAUSE) for line in lines if line.startswith(CAUSE)), ""):
        complaint += ": " + ANSWER.sub(r"\1 \3", cause)
    status = next((int(match[1]) for line in lines if (match := STATUS.search(line))), None)
    refused = status is not None and 400 <= status < 500 and status not in PASSING
    return SendResult(False, without_secrets(complaint, url)[:200], refused)


def without_secrets(complaint: str, url: str) -> str:
    """Every part of the address that could be a password or token, taken out."""
    for part in re.split(r"[/:@?&=,#]+", url)[1:]:
        if len(part) >= 4:
            complaint = complaint.replace(part, "…")
    return " ".join(complaint.split())
