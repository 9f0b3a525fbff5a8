"""What why-not tells is true, and is the nearest that there was."""

import pytest

from matchers.explain.explain import explain, reasons_why_not
from matchers.text.article_text import ArticleText
from tests.matchers.explain.test_explain import ruleset
from tests.matchers.test_language_cases import text_of


@pytest.mark.parametrize(
    ("query", "text", "reason"),
    [
        ("ballot", "nothing", "ballot: not in the text"),
        ("ballot", "two ballots", "ballot: found 'ballots', which ballot does not match; a star would: ballot*"),
        ("ballot", "ballotboxes, ballots", "ballot: found 'ballots', which ballot does not match; a star would: ballot*"),
        ("ballots", "a ballot", "ballots: found 'ballot', which ballots does not match; a star would: ballot*"),
        ("ballot*", "balloon", "ballot*: found 'balloon', which ballot* does not match"),
        ("투표", "투표를", "투표: found '투표를', which 투표 does not match; a star would: 투표*"),
        ("=CISA", "Cisa", "=CISA: found 'Cisa', but the case differs"),
        ("=CISA", "c.i.s.a.", "=CISA: found 'c.i.s.a', but the case differs"),
        ("=CISA", "C.I.S.A.B.", "=CISA: found 'C.I.S.A', but as a part of something longer"),
        ("=CISA", "c i s a", "=CISA: found 'c i s a', which =CISA does not match"),
        ('="Poll Worker"', "Poll worker", '="Poll Worker": found \'Poll worker\', but the case differs'),
        ('title:="Poll Worker"', "x | Poll Worker", 'title:="Poll Worker": found \'Poll Worker\' in the body, not in the title'),
        ("title:=CISA", "x | CISA", "title:=CISA: found 'CISA' in the body, not in the title"),
        ("title:ballot", "x | ballot", "title:ballot: found 'ballot' in the body, not in the title"),
        ("body:ballot", "ballot | x", "body:ballot: found 'ballot' in the title, not in the body"),
        ("lede:ballot", "ballot | x", "lede:ballot: found 'ballot' in the title, not in the lede"),
        ("lede:ballot", "x " * 100 + "ballot", "lede:ballot: found 'ballot' in the body, after its first 100 words, not in the lede"),
        ('"stop the steal"', "stopthesteal", '"stop the steal": found \'stopthesteal\', but with no # before it'),
        ('"poll worker"', "worker poll", '"poll worker": all its words are there, but not side by side'),
        ('"poll worker"', "poll | worker", '"poll worker": all its words are there, but not side by side'),
        ('"poll worker"', "the poll, worker", '"poll worker": found \'poll, worker\', but a phrase stops at a comma and at the end of a sentence; "poll worker"~0 does not'),
        ('"poll worker*"', "The poll. Workers left", '"poll worker"*: found \'poll. Workers\', but a phrase stops at a comma and at the end of a sentence; "poll worker"*~0 does not'),
        ('"poll worker"~0', "worker poll", '"poll worker"~0: all its words are there, but not side by side'),
        ('"poll worker"', "a worker", '"poll worker": of "poll worker" only \'worker\' is in the text'),
        ("deepfake", "a deep fake", "deepfake: found 'deep fake' in two words; deep-fake would find both"),
        ("选举", "他们挑选，举手", "选举: found '选，举', but not in one piece"),
        ("lang:es", ArticleText("", "hello", lang="en-US"), "lang:es: the language is 'en-US'"),
        ("lang:es", "hola", "lang:es: the language is not known"),
        ("source:cnn", ArticleText("", "x", "Fox"), "source:cnn: the source is 'Fox'"),
        ("source:cnn", "cnn", "source:cnn: found 'cnn' in the body, not in the source"),
        ("url:votes", ArticleText("", "x", "", "https://x.example/v"), "url:votes: the address is 'https://x.example/v'"),
        ("a NEAR/2 b", "a 1 2 3 b 1 2 3 4 a", "a NEAR/2 b: found 'b' 3 words from 'a', limit 2"),
        ("a NEAR/2 b", "b 1 2 3 4 a 1 2 3 b", "a NEAR/2 b: found 'b' 3 words from 'a', limit 2"),
        ("a NEAR/2 b", "a 1 2 3 4 5 b | a 1 2 3 4 b", "a NEAR/2 b: found 'b' 4 words from 'a', limit 2"),
        ("head:ballot", "x | " + "x " * 100 + "ballot", "head:ballot: found 'ballot' in the body, after its first 100 words, not in the head"),
        ("head:(a NEAR/2 b)", "a x | 1 2 b", "head:(a NEAR/2 b): found 'b' 3 words from 'a', limit 2"),
        ("head:(a SENTENCE b)", "a | x. Then b.", "head:(a SENTENCE b): both are there, but at nearest 1 sentence apart"),
        ("ATLEAST/2 (head:a)", "a | a", "head:(ATLEAST/2 (a)): holds in 1 sentence, needs 2"),
        ("a NEAR/2 b", "a | b", "a NEAR/2 b: one side stands only in the title, the other only in the body"),
        ("a NEAR/2 b", "a", "a NEAR/2 b: b: not in the text"),
        ("(a OR c) NEAR/2 (b OR d)", "a 1 2 3 d 1 2 3 4 c", "(a OR c) NEAR/2 (b OR d): found 'd' 3 words from 'a', limit 2"),
        ("a ONEAR/2 b", "b a", "a ONEAR/2 b: found 'b' 0 words from 'a', limit 2, and in the other order"),
        ("vote NEAR/5 vote", "a vote", "vote NEAR/5 vote: both sides are the same words of the text, and must be different ones"),
        ('"poll worker" NEAR/5 worker', "poll worker", '"poll worker" NEAR/5 worker: both sides are the same words of the text, and must be different ones'),
        ("(a NEAR/2 b) NEAR/1 c", "a b 1 2 c", "(a NEAR/2 b) NEAR/1 c: found 'c' 2 words from 'a b', limit 1"),
        ("(a NEAR/2 b) NEAR/1 c", "a 1 2 3 b c", "(a NEAR/2 b) NEAR/1 c: a NEAR/2 b: found 'b' 3 words from 'a', limit 2"),
        ('"a b"~1', "a 1 2 b", '"a b"~1: its words are there, but never within 3 words'),
        ('"a b"~1', "a", '"a b"~1: \'b\' is not in the text'),
        ("alpha SENTENCE omega", "Alpha. Filler. Omega. Filler. Alpha.", "alpha SENTENCE omega: both are there, but at nearest 2 sentences apart"),
        ("alpha SENTENCE omega", "Alpha | omega", "alpha SENTENCE omega: one side stands only in the title, the other only in the body"),
        ("alpha PARAGRAPH omega", "Alpha\n\nx\nOmega", "alpha PARAGRAPH omega: both are there, but at nearest 2 paragraphs apart"),
        ("alpha SENTENCE (omega AND beta)", "Alpha omega.", "alpha SENTENCE (omega AND beta): omega AND beta: beta: not in the text"),
        ("alpha SENTENCE (omega AND beta)", "Alpha omega. Beta.", "alpha SENTENCE (omega AND beta): one side never holds within a single sentence"),
        ("ATLEAST/3 (fraud OR hack)", "Fraud. Hack hack.", "ATLEAST/3 (fraud OR hack): holds in 2 sentences, needs 3"),
        ("ATLEAST/2 (fraud)", "Fraud fraud.", "ATLEAST/2 (fraud): holds in 1 sentence, needs 2"),
        ("a OR b", "x", "a OR b: none of these is in the text"),
        ('"QR code" OR quishing', "Fake QR codes.", '"QR code" OR quishing: found \'QR codes\', which "QR code" does not match; a star would: "QR code"*'),
        ("a AND NOT title:b", "b | a", "title:b: excluded by 'b' in the title"),
        ("a AND NOT (b OR c)", "a c", "b OR c: excluded by 'c' in the body"),
        ("a AND (b OR NOT c)", "a c", "b OR NOT c: c is in the text"),
    ],
)  # fmt: skip
def test_why_not_tells_the_nearest_miss(query, text, reason):
    assert reasons_why_not(ruleset(query), "r", text_of(text)) == (reason,)


def test_every_part_that_failed_is_told_and_none_that_held():
    sentences = reasons_why_not(
        ruleset("a AND b AND NOT c AND (d OR e)"), "r", ArticleText("", "a c")
    )

    assert sentences == (
        "b: not in the text",
        "c: excluded by 'c' in the body",
        "d OR e: none of these is in the text",
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("a NEAR/1 b", "a x x b. x x [a] x [b]"),
        ("a ONEAR/1 b", "b a x x x. [a] [b]"),
        ('"a b"~1', "a x x b x x x [b] x [a]"),
        ("alpha SENTENCE omega", "Alpha. 😀 [Omega] [alpha]. Omega."),
        ("alpha PARAGRAPH omega", "Alpha.\n[Omega]. [Alpha].\nOmega"),
        ("ATLEAST/2 (alpha AND omega)", "Alpha. [Alpha] [omega]. Omega. [Omega], [alpha]"),
        ("a AND NOT (b NEAR/1 c)", "[a] b x x c"),
        ("(a OR b) AND (c OR d)", "[b] e [d]"),
        ("elec* AND CISA", "[Elec\u00adción]—[CISA]’s"),
        ("title:a AND a", "[a] | b [a]"),
    ],
)
def test_why_shows_only_what_satisfied_the_query(query, text):
    plain = text_of(text.replace("[", "").replace("]", ""))

    explanation = explain(ruleset(query), "r", plain)

    again = {"title": plain.title, "body": plain.body}
    for span in sorted({(e.field, e.start, e.end) for e in explanation.evidence}, reverse=True):
        field, start, end = span
        again[field] = f"{again[field][:start]}[{again[field][start:end]}]{again[field][end:]}"
    assert explanation.held
    assert text_of(text) == ArticleText(again["title"], again["body"])
