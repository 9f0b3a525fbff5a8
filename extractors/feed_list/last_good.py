"""The feed list as it was last whole, as JSON. Holds no secret: only the names of secrets."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from model import FeedList, FeedSpec, Settings

SPECS = {field.name: field for field in fields(FeedSpec)}


def feeds_as_json(feeds: FeedList) -> str:
    """Settings and feeds, each feed without what is as it would be by itself."""
    return json.dumps(
        {"settings": asdict(feeds.settings), "feeds": [spec_values(spec) for spec in feeds.feeds]},
        ensure_ascii=False,
    )


def spec_values(spec: FeedSpec) -> dict[str, object]:
    return {name: value for name, value in asdict(spec).items() if value != SPECS[name].default}


def feeds_from_json(text: str, path: str) -> FeedList:
    """The list again; keys that this version does not know are passed over."""
    stored = json.loads(text)
    settings = Settings(**known_fields(stored["settings"], Settings))
    return FeedList(
        path,
        settings,
        tuple(FeedSpec(**known_fields(values, FeedSpec)) for values in stored["feeds"]),
    )


def known_fields(
    values: Mapping[str, Any], kind: type[FeedSpec] | type[Settings]
) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {
        name: tuple(map(tuple_of, value)) if isinstance(value, list) else value
        for name, value in values.items()
        if name in names
    }


def tuple_of(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
