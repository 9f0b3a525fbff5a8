"""What a message says, and that nothing in a feed's words acts on whoever reads it."""

import time

import pytest

from alerts.message import Setting, message_key, message_of
from alerts.plan import MessageBatch
from alerts.sanitize import harmless
from storage.outbox.event import Event
from tests.alerts.making import NOON, story, waiting

SETTING = Setting("https://review.example.org/", "from 12 of 14 feeds, seen until 2026-11-03 11:58 UTC")  # fmt: skip


def single(event: Event):
    return message_of(MessageBatch((waiting(event),)), SETTING)


def test_a_message_says_what_where_why_and_how_much_was_seen() -> None:
    message = single(
        story(
            7, "story-escalated", outlets=40, owners=9, tab="escalated", reviewed_by="ann",
            payload={"actor": "ann", "note": "call the county"},
        )
    )  # fmt: skip
    assert message.subject == "[HIGH] Escalated: Ballots of precinct 7 were left in a van"
    for part in (
        "Escalated by ann, 2026-11-03 12:00 UTC: call the county",
        "Gazette, in 40 outlets of 9 owners, US-AZ",
        "“They were found in a van on Tuesday.”",
        "Why: Unattended ballots; relevance 90%; severity high",
        "from 12 of 14 feeds",
        "Open: https://review.example.org/-/story/7",
    ):
        assert part in message.text, message.text
    assert 'href="https://review.example.org/-/story/7"' in message.html


def test_a_summary_counts_all_names_the_gravest_and_links_to_the_rest() -> None:
    events = [story(n, severity="critical" if n == 90 else "low") for n in range(1, 101)]
    message = message_of(
        MessageBatch(tuple(waiting(event) for event in events), summary=True), SETTING
    )
    assert message.subject == "[SUMMARY] 100 alerts: 100 × New story"
    assert "and 75 more, on the page Alerts" in message.text
    assert f"/-/alerts?message={message.key}" in message.text
    assert message.data["events_in_all"] == 100


def test_the_key_is_the_same_for_the_same_deliveries_and_differs_for_others() -> None:
    first, other = MessageBatch((waiting(story(1)),)), MessageBatch((waiting(story(2)),))
    assert message_key(first) == message_key(MessageBatch((waiting(story(1)),)))
    assert message_key(first) != message_key(other)
    assert message_key(first) != message_key(MessageBatch((waiting(story(1), channel="soc"),)))


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<!channel> <@U1> <http://evil.example|Vote here>", "‹!channel› ‹＠U1› ‹http[:]//evil[.]example¦Vote here›"),
        ("@everyone @here Polls closed", "＠everyone ＠here Polls closed"),
        ("[Vote.gov](https://evil.example)", "[Vote[.]gov] https[:]//evil[.]example)"),
        ("![x](https://evil.example/pixel.png)", "! [x] https[:]//evil[.]example/pixel[.]png)"),
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)›"),
        ("*bold* _it_ ~gone~ `code` foo_bar 2*3", "bold it gone 'code' foo_bar 2*3"),
        ("javascript:alert(1) tel:911", "javascript[:]alert(1) tel[:]911"),
        ("evil\u202egpj.exe\u200b\x00\x1b[31m", "evilgpj[.]exe[31m"),
        ("Vote early: evil.com/login, T.ME/polls", "Vote early: evil[.]com/login, T[.]ME/polls"),
        ("Голоса: выборы.рф, 投票.中国, Участок закрыт.Итоги", "Голоса: выборы[.]рф, 投票[.]中国, Участок закрыт.Итоги"),
        ("**bold** *** a * b _ c __init__ 2**3", "bold *** a * b _ c init 2**3"),
        ("Polls closed.The U.S. count, i.e. 3.5 million, is in feeds.yaml", "Polls closed.The U.S. count, i.e. 3.5 million, is in feeds.yaml"),
        ("one\r\nBcc: all@example.org\n\n# Two", "one Bcc: all＠example[.]org # Two"),
    ],
)  # fmt: skip
def test_feeds_words_do_nothing_in_any_channel(hostile: str, shown: str) -> None:
    assert harmless(hostile) == shown


def test_a_headline_of_stars_costs_as_much_as_its_length() -> None:
    began = time.process_time()
    harmless("*" * 100_000 + "!")
    assert time.process_time() - began < 1, "a minute and more where each star is tried anew"


def test_a_hostile_headline_reaches_no_part_of_a_message_as_it_is() -> None:
    message = single(story(headline='<script>alert(1)</script>\r\nBcc: x@y.z <a href="//e">', passage="<b>&amp;</b>"))  # fmt: skip
    assert "<script" not in message.html + message.text + message.subject
    assert "\n" not in message.subject
    assert message.html.count("<a ") == 1, "the only link is ours"


def test_a_story_can_be_updated_in_place_through_the_webhook() -> None:
    first, later = single(story(7)), single(Event("story-grew", NOON, "grew:7", 9, 7, subject=story(7).subject))  # fmt: skip
    assert first.data["thread"] == later.data["thread"] == "story-7"
    assert first.key != later.key


def test_a_story_that_grew_while_it_waited_is_told_as_new() -> None:
    new, grew = story(7), Event("story-grew", NOON, "grew:7", 9, 7, subject=story(7).subject)

    both = message_of(MessageBatch((waiting(new), waiting(grew))), SETTING)

    assert both.subject == "[HIGH] New story: Ballots of precinct 7 were left in a van"
    assert "Story grew, 2026-11-03 12:00 UTC" in both.text
    assert single(grew).subject.startswith("[HIGH] Story grew:")


def test_where_somebody_lives_leaves_in_no_part_of_a_message() -> None:
    message = single(story(headline="Threats named 14 Elm Street and 602-555-0142 as the home of a clerk", category="threats"))  # fmt: skip
    whole = message.subject + message.text + message.html + str(message.data)
    assert "14 Elm" not in whole
    assert "555-0142" not in whole
    assert "home of a clerk" in whole
