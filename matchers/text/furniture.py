"""What a page sets before or between its sentences and an extraction leaves in: labels, credits, links.

A passage begins after it. Only where it may stand is looked at: the words of a sentence stay.
"""

import re

BEFORE_PROSE = 240  # characters within which furniture stands before a sentence
PERSON_NAMES = r"(?:[A-Z][\w.'’-]+,?|and)"
AGENCIES = r"(?:Getty Images|Reuters|REUTERS|AP|AFP|Bloomberg|EPA|Pool)"
# A label at the beginning, in capitals or as a player, an advertisement or a picture has it.
LABEL = re.compile(
    r"(?:CLOSE|(?:ADVERTISEMENT|Advertisement)s?|(?:MUST )?WATCH(?: LIVE| NOW)?|READ (?:MORE|ALSO|NEXT)|RELATED(?: STOR(?:Y|IES)| ARTICLES?)?"
    r"|SHARE(?: THIS(?: ARTICLE)?)?|LISTEN(?: TO ARTICLE)?|Story highlights|Play Video|Skip to (?:main )?content|Copy link|FILE PHOTO|Loading(?=\.\.\.)|•|[-–—])"
    r"(?:\.\.\.|[:·|])?\s+(?=[A-Z0-9\"“‘'])"
)
BYLINE = re.compile(rf"(?:By )?(?:{PERSON_NAMES} ){{2,12}}(?:USA TODAY|Opinion contributors?|Staff [Ww]riters?)\s+(?=[A-Z\"“‘])")  # fmt: skip
# What ends furniture wherever it stands before the sentence.
FURNITURE_END = re.compile(
    r"(?:Image caption|toggle caption|Share Tweet Post Email|\b0\d:[0-5]\d|\d{1,2}:[0-5]\d SHARE THIS ARTICLE"
    rf"|(?:[A-Z][\w.'’-]+ ){{1,3}}[A-Z][\w.'’-]+/(?:[A-Z]\w+[ /])*{AGENCIES}(?:/\w+)?|\bGetty Images|\bREUTERS/\w+ \w+(?:/\w+)?"
    rf"|\((?:{AGENCIES} [Pp]hoto|Photo:)[^)\n]{{0,40}}\)|Photographer: \w+ \w+/\w+)\s+(?=[A-Z\"“‘])"
)
# A line of the page's own: it leads elsewhere, or belongs to a picture or a player.
LINE = re.compile(
    r"\s*(?:(?:ADVERTISEMENT|Advertisement|MUST WATCH|WATCH:|Watch:|READ (?:MORE|ALSO|NEXT)|Read more|RELATED|Related:|MORE:|Sign up (?:for|to) |Subscribe "
    r"|Image copyright|Enlarge this image|Share this|Share Tweet|Photo:|FILE PHOTO)|[-•*] [^\n]{0,120}[^\s.!?…:;\"”’)]\s*$"
    r"|[^\n]{0,400}(?:\((?:Photo|AP Photo|Reuters photo|REUTERS)[^)\n]{0,60}\)|[|/] ?Getty Images)\s*$)"
)


def stands_in_furniture(body: str, position: int) -> bool:
    """Whether the line around a position is the page's own and no prose."""
    begins = body.rfind("\n", 0, position) + 1
    ends = body.find("\n", position)
    return LINE.match(body[begins : len(body) if ends < 0 else ends]) is not None


def prose_start(body: str, start: int, limit: int) -> int:
    """Where prose begins at or after `start`, no later than `limit`, where the evidence begins."""
    reach = min(limit, start + BEFORE_PROSE)
    while True:
        before = start
        for match in FURNITURE_END.finditer(body, start, reach + 1):
            if match.end() <= limit:
                start = match.end()
        for kind in (LABEL, BYLINE):
            label = kind.match(body, start)
            start = label.end() if label and label.end() <= limit else start
        if start == before:
            return start
