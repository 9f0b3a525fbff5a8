"""What queries mean, where the page on the language does not say it already."""

import json

import pytest

from matchers.text.normalize import fold
from matchers.text.sentences import sentence_starts
from tests.matchers.engines import found, hit


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("cisa", "CISA's plan", ["CISA"]),
        ("cisa", "CISA’s plan, cisa’ too", ["CISA", "cisa"]),
        ("cisa", "СISА", ["СISА"]),  # Cyrillic letters among Latin ones
        ("voters' AND guide", "A voter's guide for voters", ["guide", "voters"]),
        ("deep-fake", "deepfake, deep fake, deep—fake, Deep‐Fake", ["deepfake", "deep fake", "deep—fake", "Deep‐Fake"]),
        ("election", "elec\u00adtion ele\u200bction ｅｌｅｃｔｉｏｎ", ["elec\u00adtion", "ele\u200bction", "ｅｌｅｃｔｉｏｎ"]),
        ("élection", "election ÉLECTION e\u0301lection", ["election", "ÉLECTION", "e\u0301lection"]),
        ("strasse", "Die Straße", ["Straße"]),
        ("istanbul", "İSTANBUL", ["İSTANBUL"]),
        ("walesa", "Lech Wałęsa", ["Wałęsa"]),
        ("hawaii", "Hawaiʻi", ["Hawaiʻi"]),
        ("=US", "US, U.S., us, USA and U.S.S.R.", ["US", "U.S"]),
        ("=IT", "It is IT.", ["IT"]),
        ('="Secure Vote"', "secure vote; Secure Vote; #SecureVote; #securevote", ["Secure Vote", "SecureVote"]),
        ("=Vote* OR =vote*", "Voters voted, VOTED", ["Voters", "voted"]),
        ("选举", "我们的选举和选举法", ["选举", "选举"]),
        ("เลือกตั้ง", "การเลือกตั้งทั่วไป", ["เลือกตั้ง"]),
        ("ガス", "天然ｶﾞｽの", ["ｶﾞｽ"]),
        ("انتخابات", "قبل انتِخابات", ["انتِخابات"]),
        ("covid", "covid疫苗 covid-19", ["covid", "covid"]),
        ("vote", "🗳️vote🗳️", ["vote"]),
        ("vote", "pre_vote_count", ["vote"]),
        ("𝗩𝗼𝘁𝗲", "vote 𝗩𝗼𝘁𝗲", ["vote", "𝗩𝗼𝘁𝗲"]),
        ("ﬁne", "fine", ["fine"]),
        ("“stop the steal”", "Stop  the\u2009\tsteal", ["Stop  the\u2009\tsteal"]),
        ("“stop the steal”", "Stop  the\nsteal", None),
    ],
)  # fmt: skip
def test_folding_and_word_limits(query, text, expected):
    assert found(query, text) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("vote", "voter pivote votes"),
        ("cisa", "СІЅА"),  # Cyrillic letters alone, though they look Latin
        ("가나", "각나"),
        ("stop*", "unstoppable"),
        ("=CISA", "Cisa cisa CiSA"),
    ],
)
def test_no_match(query, text):
    assert found(query, text) is None


def test_offsets_count_characters_of_the_original():
    text = "\ufeff🗳️ “Élec\u00adtion”—e\u0301lection \u202eלבחור\u202c hack"

    match = hit("election AND hack AND לבחור", text, title="x")

    assert [text[e.start : e.end] for e in match.evidence] == [e.text for e in match.evidence]
    assert [e.text for e in match.evidence] == ["Élec\u00adtion", "e\u0301lection", "לבחור", "hack"]


def test_near_counts_words_between_and_never_crosses_fields():
    assert found("alpha NEAR/2 omega", "alpha one two omega")
    assert found("alpha NEAR/1 omega", "alpha one two omega") is None
    assert found("alpha NEAR/9 omega", "omega", title="alpha") is None
    assert found("vote* NEAR/5 voter", "a voter") is None
    assert found("alpha NEAR/1 omega", "alpha CISA's omega. alpha's omega")


def test_chain_of_near_is_near_the_whole():
    assert found("alpha NEAR/1 beta NEAR/1 gamma", "beta alpha gamma") == ["beta", "alpha", "gamma"]
    assert found("alpha NEAR/1 beta NEAR/1 gamma", "beta alpha x x gamma") is None


def test_only_pairs_that_are_near_are_evidence():
    match = hit("alpha NEAR/1 omega", "alpha one two three omega alpha")

    assert [(e.start, e.text) for e in match.evidence] == [(20, "omega"), (26, "alpha")]


def test_fields():
    assert found("url:elections", url="https://x.example/elections/1") == ["elections"]
    assert found('source:"daily news"', source="The Daily News") == ["Daily News"]
    assert found("lang:es", "hola", lang="es-MX") == ["es"]
    assert found("elections", url="https://x.example/elections/1") is None
    assert found("lede:omega", "x " * 99 + "omega")
    assert found("lede:omega", "x " * 100 + "omega") is None
    assert found("title:(a1 OR b1) AND body:b1", "b1", title="a1") == ["a1", "b1"]


def test_unknown_language_matches(tmp_path):
    from matchers.engine.engine import compile_rules, find_hits
    from matchers.rules.load import load_rules
    from matchers.text.article_text import ArticleText

    path = tmp_path / "r.yaml"
    path.write_text(
        "- {id: a, title: A, severity: low, category: c, query: voto, languages: [es],"
        " examples: {match: [voto], ignore: [{body: voto, lang: en}]}}"
    )
    ready = compile_rules(load_rules(path))

    assert [
        len(find_hits(ready, ArticleText("", "voto", lang=lang)))
        for lang in ("", "es-MX", "ES", "en")
    ] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Gov. Roe met Sen. Poe. They left.", 2),
        ("The U.S. Senate met. It voted.", 2),
        ("It was 5 p.m. The polls closed.", 2),
        ("About 3.5 percent. Mr. J. Doe agreed.", 2),
        ("“Stop!” she said. He did.", 2),
        ("Wait... what? Yes!", 2),
        ("第一句。第二句！第三句", 3),
        ("One\nTwo\n\nThree", 3),
        ("Acme Inc. said so. No. 5 won.", 2),
    ],
)
def test_sentences(text, sentences):
    assert len(sentence_starts(text)) == sentences


def test_clause_tree_says_what_held():
    match = hit("(vote OR ballot) AND NOT hack", "A ballot, a vote.")

    tree = json.loads(match.clauses)

    assert (tree["op"], tree["held"]) == ("AND", True)
    either, exclusion = tree["clauses"]
    assert sorted(part["text"] for part in either["clauses"]) == ["ballot", "vote"]
    assert sorted(part["evidence"] for part in either["clauses"]) == [[0], [1]]
    assert exclusion == {"op": "NOT", "text": "NOT hack", "held": True}


def test_snippet_is_an_exact_slice_with_the_densest_evidence():
    body = (
        "A vote was held. " + "Filler stands here. " * 40 + "Hackers changed the ballot. The end."
    )

    match = hit("vote OR ballot OR hack*", body)

    assert match.snippet == "Hackers changed the ballot."
    assert body[match.snippet_start :].startswith(match.snippet)


def test_fold_keeps_what_stands_between_for_the_way_back():
    text = "  a,\t\tbé  ½ ß  "
    folded = fold(text)

    assert folded.hay == "a be 1 2 ss"
    assert text[slice(*folded.origin(2, 4))] == "bé"
    assert text[slice(*folded.origin(9, 11))] == "ß"
