"""What a hostile page costs grows with its length, not with its square; the deadline is the last resort."""

import time

import pytest

from extractors.articles.extract import extract_article

LINE = "<p>The county clerk said on Friday that the scanner at precinct {} had been altered.</p>"
BOXES = {
    "side columns": f"<div class=side>{LINE}</div>",
    "templates": f"<template>{LINE * 7}</template>{LINE}",
    "links in one box": "<a href=/newsletter/{}>The county clerk said that it had been altered.</a>",
    "hidden": f"<div hidden>{LINE}</div>",
    "cards": f"<article><h2><a href=/n/{{0}}>Story number {{0}}</a></h2>{LINE}</article>",
    "inserts": f"<div class=cta>{LINE}</div>",
    "openings": "<div class=lead><span>The county clerk said on Friday that {} were altered.</span></div>",
    "lines": "<div>The county clerk said on Friday<br>that the scanner at {} had been altered.</div>",
    "posts": f"<article><time datetime=2026-11-24T10:00>10:00</time>{LINE}</article>",
}


def cost(box: str, number: int) -> float:
    return cost_of("".join(box.replace("{}", str(n)).replace("{0}", str(n)) for n in range(number)))


def cost_of(boxes: str) -> float:
    page = f"<title>Scanner altered</title><div><h1>Scanner altered</h1>{boxes}</div>".encode()
    began = time.process_time()
    extract_article(page, url="https://gazette.example/a")
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOXES)
def test_four_times_the_boxes_cost_about_four_times_as_much(kind: str) -> None:
    cost(BOXES[kind], 10)  # what is compiled at first use

    few = min(cost(BOXES[kind], 500) for _ in range(3))
    many = min(cost(BOXES[kind], 2_000) for _ in range(2))

    assert many < 9 * few + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cta", "encrypted"])
def test_boxes_in_boxes_cost_no_more_than_the_same_boxes_side_by_side(name: str) -> None:
    box, end = f"<span class={name}>{'word ' * 200}", "</span>"
    cost_of(box + end)

    beside = min(cost_of((box + end) * 1_000) for _ in range(2))
    nested = min(cost_of((box * 200 + end * 200) * 5) for _ in range(2))

    assert nested < 1.5 * beside + 0.05
