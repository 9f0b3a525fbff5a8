"""How many of a hundred news articles hold a word, roughly. Decides speed only, never a result."""

# Shares of articles, in percent, counted on general English news; words not listed are rare.
SHARES: dict[int, str] = {
    90: "the to of and a in for that on is with it as at by was from be has have an are",
    70: "this but said his he not they who which their had were its about or been will one more "
    "after also when would what people there we all out up i new if can than you over into "
    "first time other two last no some so because could how just now many year years",
    40: "president state government states united house american country trump u us national "
    "public police news report according made make say says told made against while before "
    "where those being most our only us use used world officials part those three",
    20: "election elections campaign party voters vote votes political republican democratic "
    "democrats republicans law media office official secretary department security court "
    "federal county information company group support senate congress white former russia "
    "russian million percent case local system service social members online director",
    8: "voting ballot ballots voter attack attacks information data polls polling cyber "
    "facebook twitter google machines intelligence threat threats investigation fbi results "
    "candidates candidate registration hackers hacked website email emails account accounts "
    "disinformation misinformation foreign interference fraud justice attorney lawsuit judge",
}
SHARE_OF_WORD = {word: share for share, words in SHARES.items() for word in words.split()}
RARE = 0.8


def commonness(words: tuple[str, ...], *, prefix: bool) -> float:
    """The expected share of a pattern: that of its rarest word, less for a phrase."""
    shares = [SHARE_OF_WORD.get(word, RARE if len(word) > 4 else 2.5) for word in words]
    if prefix and len(words) == 1:
        shares = [max(shares[0], 40.0 / len(words[0]))]
    return min(shares) * 0.3 ** (len(words) - 1)
