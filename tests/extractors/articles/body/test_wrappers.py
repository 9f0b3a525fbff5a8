"""Posts of a live page are one story, in whatever boxes they stand."""

import pytest

from extractors.articles.extract import extract_article

POSTS = [
    ("Board calls a meeting", "The board will meet on Monday evening to decide about a count by hand."),
    ("Vendor answers", "The vendor said that no other machine of this model showed such signs at all."),
    ("Police take the scanner", "Officers moved the machine to a laboratory where two observers watched."),
    ("Seals are signed", "Observers of both parties signed the list of seals before the doors opened."),
    ("Clerk speaks", "The clerk said that nobody had been in the room between noon and midnight."),
    ("Scanner found open", "The scanner at the north precinct had been altered, the clerk said on Friday."),
]  # fmt: skip
GUARDIAN = '<article class="block" id="b{n}"><header><a href="?page=with:b{n}#b{n}"><time>4:1{n}</time></a><h2>{title}</h2></header><div><p>{text}</p></div></article>'
LINKED = '<section class="entry"><h3><a href="/news/{n}">{title}</a></h3><span class="ts">16:1{n}</span><p>{text}</p></section>'
ITEM = (
    '<li class="live__item"><div class="meta">4:1{n} p.m.</div><h3>{title}</h3><p>{text}</p></li>'
)


def read(body: str) -> list[str]:
    page = (
        f"<html lang=en><head><title>Live: scanner altered</title></head><body>{body}</body></html>"
    )
    return extract_article(page.encode(), url="https://gazette.example/live/1").body.split("\n")


def posts(post: str) -> str:
    return "".join(
        post.format(n=n, title=title, text=text) for n, (title, text) in enumerate(POSTS)
    )


@pytest.mark.parametrize(
    "body",
    [
        f'<main><h1>Live: scanner altered</h1><div class="liveblog">{posts(GUARDIAN)}</div></main>',
        f'<main><h1>Live: scanner altered</h1><div class="feed">{posts(LINKED)}</div></main>',
        f'<main><h1>Live: scanner altered</h1><ul class="live">{posts(ITEM)}</ul></main>',
    ],
    ids=["articles", "linked sections", "list"],
)
def test_every_post_is_read_with_its_headline(body: str) -> None:
    lines = read(body)

    assert [line for line in lines if line in {text for _, text in POSTS}] == [t for _, t in POSTS]
    assert [line for line in lines if line in {title for title, _ in POSTS}] == [
        t for t, _ in POSTS
    ]


def test_dated_teasers_beside_a_story_are_not_joined_to_it() -> None:
    story = "".join(
        f"<p>{text} {text} It was said in hall {n}.</p>" for n, (_, text) in enumerate(POSTS)
    )
    council = (
        "The council debated the parking fees again in meeting {} and nobody could agree on them."
    )
    cards = "".join(
        f'<article class="card"><time>4:0{n}</time><h3><a href="/n/{n}">Fees {n}</a></h3><p>{council.format(n)}</p></article>'
        for n in range(6)
    )

    lines = read(
        f"<main><article><h1>Live: scanner altered</h1>{story}</article><div>{cards}</div></main>"
    )

    assert "The board will meet" in lines[0]
    assert not any("parking fees" in line for line in lines)


def test_of_a_page_that_is_laid_out_as_a_table_the_cells_beside_the_story_are_none_of_it() -> None:
    lines = [
        f"Number {n}: the clerk said that the scanner was altered, and logs would be read."
        for n in range(8)
    ]
    side = "Four stories a day, picked by our editors, straight to your phone before breakfast."
    page = f"""<html lang=en><head><title>Scanner was altered</title></head><body><table>
      <tr><td colspan=3><font size=5>Gazette</font></td></tr>
      <tr><td><a href="/">Home</a><br><font size=1>{side}</font></td>
        <td><b>Scanner was altered</b><br><br><font>{"<br><br>".join(lines)}</font></td>
        <td><font size=1>{side}<br><a href="/b">Bridge closes</a></font></td></tr></table></body></html>"""
    body = extract_article(page.encode(), url="https://gazette.example/a.asp").body
    assert all(line in body for line in lines)
    assert side not in body


@pytest.mark.parametrize("count", [1, 3])
def test_the_counties_and_days_of_a_list_of_incidents_are_part_of_it(count: int) -> None:
    kinds = ("wore a badge", "had a drone", "filmed voters")[:count]
    incidents = [
        f"A man who {kind} asked for the keys of the room where the machines stand. " * 8
        for kind in kinds
    ]
    rows = "".join(
        f"<tr><td>Pima {n}</td><td>{n} November</td><td>{incident}<br>{incident.replace('man', 'woman')}</td></tr>"
        for n, incident in enumerate(incidents, 1)
    )
    page = f"<html lang=en><title>Incidents</title><h1>Incidents</h1><table>{rows}</table></html>"

    body = extract_article(page.encode(), url="https://county.example/incidents/list").body

    assert all(f"Pima {n}" in body and f"{n} November" in body for n in range(1, count + 1))
