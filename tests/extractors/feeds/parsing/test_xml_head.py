"""Entities that a document type declares are read as far as they are short and few."""

from extractors.feeds.parsing.xml_head import LONGEST_ENTITY, MOST_ENTITIES, read_head


def entities(*declared: str) -> dict[str, str]:
    lines = "".join(f'<!ENTITY e{n} "{value}">' for n, value in enumerate(declared))
    return read_head(f"<!DOCTYPE rss [{lines}]><rss/>").entities


def test_an_entity_past_the_longest_is_not_declared() -> None:
    longest = "a" * LONGEST_ENTITY
    assert entities(longest, f"{longest}a") == {"e0": longest}


def test_entities_past_the_most_are_not_declared() -> None:
    assert len(entities(*["a"] * (MOST_ENTITIES + 5))) == MOST_ENTITIES


def test_an_entity_that_is_declared_twice_is_what_it_was_first() -> None:
    assert read_head('<!DOCTYPE rss [<!ENTITY a "1"><!ENTITY a "2">]><rss/>').entities == {"a": "1"}
