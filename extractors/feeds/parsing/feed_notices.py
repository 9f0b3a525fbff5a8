"""Feeds that work and say in their only item that they do not: bridges and services write so. Pure."""

import re

from extractors.feeds.parsing.text import quoted
from model import ParsedFeed

MOST_NOTICES = 3  # items; who lists more has news as well
_NOTICE = re.compile(
    r"bridge returned error|\w+ was unable to receive or process the remote|error (?:code:? )?[1-5]\d\d\b"
    r"|(?:this|the|your)(?: \w+)?(?: rss| atom)? feed (?:is|has been|was|has) (?:now |currently |temporarily )?"
    r"(?:inactive|paused|disabled|discontinued|deactivated|suspended|deleted|removed|expired|retired|moved|unavailable|not available|no longer (?:available|active|supported|updated))"
    r"|(?:rss |atom )?feed (?:not found|unavailable|expired|disabled|error)\b"
    r"|your (?:\w+ )?(?:trial|subscription|plan) (?:has )?(?:expired|ended)|upgrade (?:your|to a paid) (?:plan|account)",
    re.IGNORECASE,
)


def notice_of(parsed: ParsedFeed) -> str | None:
    """What the feed says of itself, where that is all that it lists."""
    titles = [entry.title or entry.summary[:200] for entry in parsed.entries[: MOST_NOTICES + 1]]
    if not 0 < len(titles) <= MOST_NOTICES or not all(map(_NOTICE.match, titles)):
        return None
    return f"The feed lists nothing but a notice: {quoted(titles[0])}."
