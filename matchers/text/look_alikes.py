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
FOREIGN_LETTERS = CYRILLIC | GREEK | ARMENIAN | CHEROKEE
LOOK_ALIKES = "".join(map(chr, FOREIGN_LETTERS))
# Marks and what cannot be seen may stand between the letters.
BETWEEN_LETTERS = "\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff"
# A whole word of both kinds. No part of the pattern gives back what it took, so that no text is slow.
WORD = re.compile(
    rf"(?<![\w{BETWEEN_LETTERS}])(?=[A-Za-z{BETWEEN_LETTERS}]*+[{LOOK_ALIKES}])(?=[{LOOK_ALIKES}{BETWEEN_LETTERS}]*+[A-Za-z])[A-Za-z{LOOK_ALIKES}{BETWEEN_LETTERS}]++(?!\w)"
)


def in_latin(text: str) -> str:
    """The text with the look-alikes in mixed words made Latin; the length stays."""
    return WORD.sub(lambda word: word.group().translate(FOREIGN_LETTERS), text)
