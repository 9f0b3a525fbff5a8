"""Mail on a real SMTP server; Slack, Teams and ntfy as Apprise's own requests, led to loopback."""

import json
from email.header import decode_header, make_header
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from alerts.channels.apprise_url import failed_send, send_by_apprise
from alerts.message import Message, Setting, message_of
from alerts.plan import MessageBatch
from tests.alerts import sinks
from tests.alerts.making import NOON, story, waiting
from tests.alerts.outboxes import Clock, add_story, database, rows, sender

HOSTILE = '<!channel> @everyone [Vote](https://evil.example) <b onclick="x">Polls</b> *closed*'


def told(**facts: object) -> Message:
    setting = Setting("https://review.example.org/", "from 3 of 3 feeds")
    return message_of(MessageBatch((waiting(story(7, **facts)),)), setting)


def led_to(sink: sinks.Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of Apprise goes to the sink, with path, headers and body as they are."""
    plain = requests.Session.request

    def request(self: requests.Session, method: str, url: str, **rest: object) -> requests.Response:
        parts, here = urlsplit(url), urlsplit(sink.url)
        if parts.hostname != here.hostname:
            url = parts._replace(scheme="http", netloc=here.netloc).geturl()
        return plain(self, method, url, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "request", request)


def test_a_mail_arrives_as_html_with_a_plain_text_part_and_one_link() -> None:
    with sinks.smtp() as (url, box):
        assert send_by_apprise(url, told(headline="Boletas perdidas en Tucsón")).ok
    (mail,) = box.mails
    subject = str(make_header(decode_header(mail["Subject"])))
    assert subject == "[HIGH] New story: Boletas perdidas en Tucsón"
    parts = {part.get_content_type(): part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart()}  # fmt: skip
    assert set(parts) == {"text/plain", "text/html"}
    assert "Why: Unattended ballots" in parts["text/plain"]
    assert "Open: https://review.example.org/-/story/7" in parts["text/plain"]
    assert parts["text/html"].count("<a ") == 1
    assert 'href="https://review.example.org/-/story/7"' in parts["text/html"]


def test_a_headline_cannot_add_a_header_or_a_tag_to_a_mail() -> None:
    with sinks.smtp() as (url, box):
        assert send_by_apprise(url, told(headline="Polls\r\nBcc: all@example.org\r\n\r\n<script>x</script>")).ok  # fmt: skip
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert "<script" not in mail.as_string()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk", "/services/"),
        ("workflow://prod-1.westus.logic.azure.com:443/643e69f83c8944/8bHmMRJAi6WH0dmPvXMXYQ3YU", "/workflows/"),
        ("ntfy://ntfy.example.org/desk", "/"),
    ],
)  # fmt: skip
def test_slack_teams_and_ntfy_get_harmless_text(
    url: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sinks.http() as sink:
        led_to(sink, monkeypatch)
        assert send_by_apprise(url, told(headline=HOSTILE, passage=HOSTILE)).ok
    (request,) = sink.requests
    assert request.path.startswith(path)
    body = json.dumps(request.json, ensure_ascii=False)
    assert "Polls" in body
    assert "review.example.org/-/story/7" in body
    for active in ("<!channel>", "@everyone", "](https://evil", "<b ", "https://evil.example"):
        assert active not in body, body


def test_a_slack_that_answers_429_is_tried_again_and_one_that_answers_404_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk"
    with sinks.http(lambda number, request: (429 if number == 1 else 404, {})) as sink:
        led_to(sink, monkeypatch)
        busy, gone = send_by_apprise(url, told()), send_by_apprise(url, told())
    assert (busy.ok, busy.refused) == (False, False)
    assert (gone.ok, gone.refused) == (False, True)


def test_a_discord_that_refuses_a_long_text_gets_its_beginning_and_the_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(number: int, request: sinks.Request) -> sinks.Answer:
        return (200, {}) if len(request.json["content"]) <= 2000 else (400, {})

    many = tuple(waiting(story(number)) for number in range(1, 31))
    setting = Setting("https://review.example.org/", "from 3 of 3 feeds")
    with sinks.http(answer) as sink:
        led_to(sink, monkeypatch)
        assert send_by_apprise("discord://1234567890/abcdefghijklmnop", message_of(MessageBatch(many, summary=True), setting)).ok  # fmt: skip
    (arrived,) = sink.accepted
    body = arrived.json["content"]
    assert body.count("Ballots of precinct") > 10
    assert "https://review.example.org/-/alerts?message=" in body


def test_no_error_shows_a_token_or_a_password() -> None:
    url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk"
    result = failed_send(["Failed to post to https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ: error=404."], url)  # fmt: skip
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in result.error
    assert result.refused


def test_a_mail_server_that_refuses_a_mail_is_quoted() -> None:
    with sinks.smtp() as (url, box):
        box.refuse = True
        refused = send_by_apprise(url, told())
    gone = send_by_apprise(url, told())
    assert "451" in refused.error
    assert "Connection refused" in gone.error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("(535, b'5.7.8 Error: authentication failed')", "535 5.7.8 Error: authentication failed"),
        ("[Errno -2] Name or service not known", "[Errno -2] Name or service not known"),
    ],
)
def test_the_cause_of_a_mail_that_failed_is_told_without_its_password(cause: str, words: str) -> None:  # fmt: skip
    lines = ['Connection error while submitting email to "smtp.county.example"', f"Socket Exception: {cause} hunter22"]  # fmt: skip
    error = failed_send(lines, "mailtos://clerk:hunter22@smtp.county.example?to=a@b.example").error
    assert error.startswith("Connection error while submitting email to ")
    assert words in error
    assert "hunter22" not in error


def test_what_is_no_apprise_url_is_refused_and_not_shown() -> None:
    result = send_by_apprise("nonsense://user:hunter2@x", told())
    assert (result.ok, result.refused) == (False, True)
    assert "hunter2" not in result.error


@pytest.mark.slow
def test_a_mail_server_that_is_away_is_tried_again(tmp_path: Path) -> None:
    path, clock = database(tmp_path), Clock()
    add_story(path, 1, NOON)
    alerts = tmp_path / "alerts.yaml"
    alerts.write_text(
        "channels:\n  - {id: mail, apprise: env:MAIL}\nroutes:\n  - {id: all, channels: mail}\n",
        encoding="utf-8",
    )
    with sinks.smtp() as (url, box):
        box.refuse = True
        desk = sender(path, alerts, clock, MAIL=url)
        assert desk.round().failed == 1
        box.refuse = False
        clock.pass_by(minutes=1)
        assert desk.round().sent == 1
    assert len(box.mails) == 1
    assert rows(path, "SELECT state, attempts FROM deliveries") == [("sent", 2)]
