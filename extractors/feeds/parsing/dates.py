"""Dates as feeds write them, as UTC moments. feedparser reads most; the rest is read here. Pure."""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OLDEST = datetime(1970, 1, 2, tzinfo=UTC)  # zero timestamps of many systems lie before it
FURTHEST_AHEAD = timedelta(days=90)  # as Media Cloud: later ones are mistakes

# The first letters tell a month in English, Spanish, Portuguese, French, German, Italian, Dutch,
# Polish, Russian, Ukrainian, Swedish, Romanian, Turkish, Greek, Indonesian, Czech, Finnish,
# Hungarian, Bulgarian, Arabic, Persian, Kazakh and Armenian, in that order of trust; the longest beginning counts.
_MONTHS = {
    1: "jan ene gen jän sty янв січ ian oca ιαν led tam яну يناير ژانویه saus sij yanv იან ינו қаң հունվ",
    2: "feb fev fév lut фев лют şub φεβ úno hel febr فبراير فوریه vas velj fevr თებ פבר veebr ақп փետ",
    3: "mar mär mrt maart мар бер μαρ μάρ bře maal már مارس kov ožu მარ מרץ нау մար",
    4: "apr abr avr kwi апр кві nis απρ dub huh ápr أبريل ابريل آوریل bal tra აპრ אפר сәу ապր",
    5: "may mai mag mei maj мая май тра μαΐ μαι μάι kvě tou máj مايو مه geg svi მაი maí מאי мам մայ",
    6: "jun jui lipn giu cze июн чер iun haz ιουν červn červen kes jún юни يونيو ژوئن birž iyun ივნ יונ júní jūn juun мау հունի",
    7: "jul juil srpnj lug lip июл лип iul tem ιουλ červenc hei júl юли يوليو ژوئیه liep iyul ივლ יול jūl juul шіл հուլ",
    8: "aug ago aoû aou sie авг сер ağu αυγ αύγ agu srpen srpna elo أغسطس اغسطس اوت rugp kol avq avg აგვ אוג ágú там օգո",
    9: "sep set wrz сен вер eyl σεπ zář syy сеп سبتمبر سپتامبر rugs ruj sent სექ ספט қыр սեպ",
    10: "oct okt out ott paź paz окт жов eki οκτ říj lok أكتوبر اكتوبر اکتبر spal ოქტ אוק қаз հոկ",
    11: "nov lis ноя лис noi kas νοε νοέ marr ное نوفمبر نوامبر lapkr stu noy ნოე נוב nóv қар նոյ",
    12: "dec dez dic déc gru дек гру ara δεκ des pro jou ديسمبر دسامبر gruod dek დეკ דצמ dets жел դեկ",
}
_MONTH = {start: month for month, names in _MONTHS.items() for start in names.split()}
# Hindi and Thai write vowels as marks, at which words end for regular expressions: whole names here.
_SPELT = (
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर "
    "जन फ़रवरी मार्च अप्रैल मई जून जुलाई अग सितम्बर अक्तूबर नवम्बर दिसम्बर "
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม "
    "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค."
)
_OF_MARKS = {
    name: _MONTHS[place % 12 + 1].partition(" ")[0] for place, name in enumerate(_SPELT.split())
}
_WITH_MARKS = re.compile(
    "|".join(re.escape(name) for name in sorted(_OF_MARKS, key=len, reverse=True))
)
_THAI = re.compile("[\u0e01-\u0e5b]")
_LONGEST_START = max(map(len, _MONTH))
_HOURS = (
    "utc:0 gmt:0 z:0 ut:0 wet:0 bst:1 west:1 ist:5.5 cet:1 cest:2 mez:1 mesz:2 eet:2 eest:3 "
    "msk:3 sast:2 jst:9 kst:9 hkt:8 sgt:8 awst:8 acst:9.5 aest:10 aedt:11 nzst:12 nzdt:13 "
    "est:-5 edt:-4 et:-5 cst:-6 cdt:-5 ct:-6 mst:-7 mdt:-6 mt:-7 pst:-8 pdt:-7 pt:-8 akst:-9 "
    "akdt:-8 hst:-10 ast:-4 adt:-3 nst:-3.5 brt:-3 art:-3 clt:-4 cot:-5 pet:-5"
)
_ZONES = {name: float(hours) for name, _, hours in (pair.partition(":") for pair in _HOURS.split())}
_SUMMER_OR_WINTER = {  # names that do not say which; without a zone database winter counts
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip
_PLACE = re.compile(r"\s*[(\[]?([a-z]{2,}(?:/[a-z_+-]+){1,2}|[ecmp]t\b(?!-))", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<!\d)(?P<h>\d{1,2})[:.h](?P<m>\d{2})(?:[:.](?P<s>\d{2}))?(?:[.,]\d{1,9})?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"(?:\s*(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})?)?",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"\s*\(?(?:gmt|utc|ut)\s?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)", re.IGNORECASE)
_ISO = re.compile(
    r"(?<!\d)(\d{4})\s?(?:[-/.年년]|оны)\s?(\d{1,2})\s?(?:[-/.月월]|(?:-р\s)?сарын)\s?(\d{1,2})(?!\d)"
)
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")
_SLASHES = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[.-](\d{1,2})[.-](\d{4})")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?([^\W\d_]{3,})\.?,?[\s-]+(?:de\s+)?(\d{4})"
)
_RFC_850 = re.compile(r"(?<!\d)(\d{1,2})-([^\W\d_]{3})-(\d{2})(?!\d)")
_SHORT_SLASHES = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{2})(?!\d)")
# Hours, minutes and the halves of a day in Chinese, Japanese and Korean.
_HOUR = re.compile(
    r"(?<!\d)(\d{1,2})\s?[時时시点點](?:\s?(\d{1,2})\s?[分분])?(?:\s?(\d{1,2})\s?[秒초])?"
)
_HALF = re.compile(r"(오전|上午|午前|오후|下午|午後)\s?(\d{1,2}:\d\d(?::\d\d)?)")
_MORNING = ("오전", "上午", "午前")
# Month and day, or the other way round; languages have words for the year and the month there.
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})[.,]?[\s/-]+(?:(\d{1,2})\.?\s+)?([^\W\d_]{3,})\.?(?:[\s/-]+(\d{1,2})(?![\d:]))?"
)
_OF_YEAR = re.compile(r"(?<=\d{4})\s?(?:m|metų|\.?\s?gada|г|ж|жылғы|р|წლის|թ)[.,]?\s|\smėn\.")
_VIETNAMESE = re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2}),?\s+(?:năm\s+)?(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)")  # which number is which?
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(\d{4})")
_YEAR_LAST = re.compile(
    r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?=\s[\d:]{4,8}\s(?:[A-Za-z]{1,4}\s)?(\d{4}))"
)
_EPOCH = re.compile(
    r"@?(?:/?Date\()?(\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.\d+)?(?:(?:[+-]\d{4})?\)/?)?"
)
_BY_NUMBER = re.compile(r"\d{4}-?(?:\d{3}|W\d{2}-?\d)(?:\D|$)")  # day of the year, or of a week
_MONTH_ONLY = re.compile(r"\d{4}\D\d{1,2}|\d{1,2}\D\d{4}|\d{4}|[^\W\d_]+\.? \d{4}")
_YEAR_COMES_FIRST = {"ja", "ko", "zh", "hu", "fa", "mn"}
_MONTH_BEFORE_DAY = re.compile(r"en-(?:US|PH)|es-US", re.IGNORECASE)


def feed_moment(
    parsed: Sequence[int] | None,
    said: object,
    now: datetime | None,
    *,
    day_first: bool | None = None,
) -> datetime | None:
    """The moment that the words name, else the one that feedparser found; None when absurd.

    feedparser fills in what it does not find: `2026/6/29` becomes the first of the current month.
    So its answer counts only where the day that it gives stands in the words.
    """
    if not isinstance(said, str):
        return sane_moment(_from_struct(parsed), now)
    moment = read_date(said, day_first=day_first)
    if moment is None and parsed and _names_day(said, parsed[2]):
        moment = _from_struct(parsed)
    return sane_moment(moment, now)


def _names_day(words: str, day: int) -> bool:
    """Whether the words hold this day of a month; a zone can move it by one."""
    if _BY_NUMBER.match(words.strip()):
        return True
    if _SLASHES.search(words) or _SHORT_YEAR.match(words.strip()):
        return False  # either order is possible
    numbers = {
        int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", _CLOCK.sub(" ", words))
    }
    return bool(numbers & {day - 1, day, day + 1}) and not _MONTH_ONLY.fullmatch(words.strip())


def sane_moment(moment: datetime | None, now: datetime | None) -> datetime | None:
    """`found`, unless it is before computers kept time or more than 90 days ahead of `now`."""
    if moment is None or moment < OLDEST or (now is not None and moment > now + FURTHEST_AHEAD):
        return None
    return moment.replace(microsecond=0)


def _from_struct(parsed: Sequence[int] | None) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(parsed)), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def read_date(words: str, *, day_first: bool | None = None) -> datetime | None:
    """A date in one of the forms that feeds use beyond the standards; no zone means UTC.

    `06/07/2026` is None as long as `day_first` does not tell which number is the day.
    """
    words = words.strip()[:120]
    if together := _RUN_TOGETHER.fullmatch(words):
        with suppress(ValueError):
            return datetime(*(int(part or 0) for part in together.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
    if epoch := _EPOCH.fullmatch(words):
        return datetime.fromtimestamp(int(epoch[1]) / 1000 ** ((len(epoch[1]) - 8) // 3), UTC)
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(words)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    day, rest = _day(_spelt(words.lower()), day_first)
    if day is None:
        return None
    try:
        return _moment_of(datetime(*day, tzinfo=UTC), rest).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _spelt(words: str) -> str:
    """Signs and times of day as they are written in English."""
    words = _OF_YEAR.sub(" ", words)
    if words.isascii():
        return words
    words = words.replace("\u2212", "-").replace("\u2013", "-")
    if _THAI.search(words):  # years of the Buddha, 543 ahead
        words = re.sub(r"(?<!\d)2[45]\d\d(?!\d)", lambda year: str(int(year[0]) - 543), words)
    words = _WITH_MARKS.sub(lambda name: f" {_OF_MARKS[name[0]]} ", words)
    words = _HOUR.sub(lambda found: ":".join(f"{part or 0:>02}" for part in found.groups()), words)
    return _HALF.sub(lambda found: f"{found[2]} {'am' if found[1] in _MORNING else 'pm'}", words)


def _day(words: str, day_first: bool | None) -> tuple[tuple[int, int, int] | None, str]:
    """Year, month and day, and the words without them: their numbers are not a time of day."""
    for pattern, order in _FORMS:
        match = pattern.search(words)
        day = order(match, day_first) if match else None
        if match and day:
            return day, f"{words[: match.start()]} {words[match.end() :]}"
    return None, words


def _by_slashes(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 or second > 12 or first == second:
        day_first = first > 12
    if day_first is None:
        return None
    return (year, second, first) if day_first else (year, first, second)


def _by_dots(match: re.Match[str]) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    return (year, first, second) if second > 12 else (year, second, first)


def _by_short_year(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | None:
    """`27/11/26`: which number is the year only the feed's language tells."""
    first, second, year = int(match[1]), int(match[3]), 2000 + int(match[4])
    if second > 12:
        return year, first, second
    if day_first is None or (first > 12 and not day_first):
        return None
    return (year, second, first) if day_first or match[2] == "." else (year, first, second)


def _named(year: str, month: str, day: str) -> tuple[int, int, int] | None:
    number = _month(month)
    return (int(year), number, int(day)) if number else None


_Form = Callable[[re.Match[str], bool | None], tuple[int, int, int] | None]
_FORMS: tuple[tuple[re.Pattern[str], _Form], ...] = (
    (_ISO, lambda found, _: (int(found[1]), int(found[2]), int(found[3]))),
    (_SLASHES, _by_slashes),
    (_DOTTED, lambda found, _: _by_dots(found)),
    (_DAY_FIRST, lambda found, _: _named(found[3], found[2], found[1])),
    (_RFC_850, lambda found, _: _named(f"20{found[3]}", found[2], found[1])),
    (_MONTH_FIRST, lambda found, _: _named(found[3], found[1], found[2])),
    (_YEAR_LAST, lambda found, _: _named(found[3], found[1], found[2])),
    (_VIETNAMESE, lambda found, _: (int(found[3]), int(found[2]), int(found[1]))),
    (_SHORT_SLASHES, _by_short_year),
    (_YEAR_FIRST, lambda found, _: _named(found[1], found[3], found[2] or found[4] or "0")),
)


def day_order(dates: Iterable[str], language: str | None) -> bool | None:
    """Whether this feed writes the day before the month in `06/07/2026`: by its dates that leave
    no choice, else by its language; None where neither tells."""
    for date in dates:
        match = _SLASHES.search(date)
        if match and (int(match[1]) > 12) != (int(match[2]) > 12):
            return int(match[1]) > 12
    if language is None or language.lower() == "en" or language[:2].lower() in _YEAR_COMES_FIRST:
        return None
    return not _MONTH_BEFORE_DAY.fullmatch(language)


def _month(name: str) -> int | None:
    starts = (name[:length] for length in range(min(len(name), _LONGEST_START), 1, -1))
    return next((month for start in starts if (month := _MONTH.get(start))), None)


def _moment_of(midnight: datetime, words: str) -> datetime:
    """That day at the time that the words name, in their zone; midnight where they name none."""
    clock = _CLOCK.search(words)
    time = _time_of_day(clock) if clock else None
    if clock is None or time is None:
        return midnight
    rest = words[clock.end() :]
    place = None if clock["sign"] else _place(rest)
    moment = midnight + time
    return moment.replace(tzinfo=place) if place else moment - _ahead(clock, rest)


def _time_of_day(clock: re.Match[str]) -> timedelta | None:
    hour = int(clock["h"])
    if clock["half"] and hour <= 12:  # `13:14 pm` has its afternoon in the hour already
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    if hour > 24 or int(clock["m"]) > 59:
        return None
    return timedelta(hours=hour, minutes=int(clock["m"]), seconds=int(clock["s"] or 0))


def _place(rest: str) -> ZoneInfo | None:
    """The zone that is named by a place behind the time of day."""
    named = _PLACE.match(rest)
    if named is None:
        return None
    name = named[1].lower()
    key = _SUMMER_OR_WINTER.get(name) or "/".join(part.title() for part in name.split("/"))
    key = re.sub(r"^Us(?=/)", "US", key)
    try:
        return ZoneInfo(key.replace("_Of_", "_of_"))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the zone database
        return None


def _ahead(clock: re.Match[str], rest: str) -> timedelta:
    """How far the named zone is ahead of UTC."""
    if clock["sign"]:
        ahead = timedelta(hours=int(clock["zh"]), minutes=int(clock["zm"] or 0))
        return ahead if clock["sign"] == "+" else -ahead
    if ahead_of_utc := _AHEAD.match(rest):
        sign, hours, minutes = ahead_of_utc.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return ahead if sign == "+" else -ahead
    name = re.match(r"\s*\(?([A-Za-z]{1,4})\b", rest)
    return timedelta(hours=_ZONES.get(name[1].lower(), 0)) if name else timedelta()
