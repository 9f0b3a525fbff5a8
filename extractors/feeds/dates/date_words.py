"""Words of dates in some fifty languages: months, signs of years and hours, said in English. Pure."""

import re

from extractors.feeds.dates.month_names import SPELT_OUT

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
_WORD = re.compile(r"[^\s\d.,،/()-]+(?:\.[^\s\d.,،/()-])?")
_UNSEEN = re.compile("[\u064b-\u0652\u0654\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_THAI_ERA = re.compile(r"(?:พ|ค)\.ศ\.\s?")  # its years are recognised without
_IN_TWO = re.compile(r"(كانون|تشرين)\s+(?=ال)")
_LONGEST_START = max(map(len, _MONTH))
_OF_YEAR = re.compile(r"(?<=\d{4})[\s-]?(?:m|metų|\.?\s?gada|г|ж|жылғы|р|წლის|թ)[.,]?\s|\smėn\.")
# Croatian names what is another month in Polish and Czech; it has a point behind the day and the year.
_CROATIAN = re.compile(r"(?<=\d\.)\s?(?:(listopada|lis)|(srp)|(lip))(?=\.?\s\d{4}\.)")
_CROATIAN_MONTHS = (" oct", " jul", " jun")
# Hours, minutes and the halves of a day in Chinese, Japanese and Korean.
_HOUR = re.compile(
    r"(?<!\d)(\d{1,2})\s?[時时시点點](?:\s?(\d{1,2})\s?[分분])?(?:\s?(\d{1,2})\s?[秒초])?"
)
_HALF = re.compile(r"(오전|上午|午前|오후|下午|午後)\s?(\d{1,2}:\d\d(?::\d\d)?)")
_MORNING = ("오전", "上午", "午前")


def in_english(words: str) -> str:
    """Signs, months, years and times of day as they are written in English."""
    words = _OF_YEAR.sub(" ", words)
    if "." in words:
        words = _CROATIAN.sub(lambda name: _CROATIAN_MONTHS[(name.lastindex or 1) - 1], words)
    if words.isascii():
        return words
    words = _UNSEEN.sub("", words).replace("\u2212", "-").replace("\u2013", "-").replace("،", ",")
    words = _THAI_ERA.sub("", words)
    words = _WITH_MARKS.sub(lambda name: f" {_OF_MARKS[name[0]]} ", words)
    words = _WORD.sub(lambda name: _spelt_out(name[0]), _IN_TWO.sub(r"\1_", words))
    words = _HOUR.sub(lambda match: ":".join(f"{part or 0:>02}" for part in match.groups()), words)
    return _HALF.sub(lambda match: f"{match[2]} {'am' if match[1] in _MORNING else 'pm'}", words)


def _spelt_out(name: str) -> str:
    """A month by its beginning, where this is its whole name; any other word as it is."""
    month = SPELT_OUT.get(name) or (month_number(name[1:]) if name.startswith("ב") else None)
    return _MONTHS[month].partition(" ")[0] if month else name


def month_number(name: str) -> int | None:
    if whole := SPELT_OUT.get(name):
        return whole
    starts = (name[:length] for length in range(min(len(name), _LONGEST_START), 1, -1))
    return next((month for start in starts if (month := _MONTH.get(start))), None)
