"""Letters of other scripts that pass for Latin ones: "rаnsоmwаrе" with a Cyrillic а, о and е.

A reader sees the Latin word, a rule sees another. Only words that mix both are read as Latin, so that
Russian, Greek and Armenian text stays what it is. Letters as in Unicode's table of confusable characters
(UTS #39) and the small forms of capitals that it leaves out; each stands for one letter.
"""

import re

CYRILLIC = str.maketrans("асԁеһіјкӏмоорԛгѕтуѵԝхвнпьАВСЕԌНІЈКМОРЅТУѴԜХЁё", "acdehijklmoopqrstyvwxbhnbABCEGHIJKMOPSTYVWXEe")  # fmt: skip
GREEK = str.maketrans("αβγεηικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abyenikvoptuxwABEZHIKMNOPTYX")
ARMENIAN = str.maketrans("օսոհցզյ", "ounhgqj")
CHEROKEE = str.maketrans("ᎪᏴᏟᎬᎻᏆᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃ", "ABCEHIJKLMPRSTVWZ")
LETTERS = CYRILLIC | GREEK | ARMENIAN | CHEROKEE
ALIKE = "".join(map(chr, LETTERS))
# Marks and what cannot be seen may stand between the letters.
BETWEEN = "\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff"
# A whole word of both kinds. No part of the pattern gives back what it took, so that no text is slow.
WORD = re.compile(
    rf"(?<![\w{BETWEEN}])(?=[A-Za-z{BETWEEN}]*+[{ALIKE}])(?=[{ALIKE}{BETWEEN}]*+[A-Za-z])[A-Za-z{ALIKE}{BETWEEN}]++(?!\w)"
)


def in_latin(text: str) -> str:
    """The text with the look-alikes in mixed words made Latin; the length stays."""
    return WORD.sub(lambda word: word.group().translate(LETTERS), text)
