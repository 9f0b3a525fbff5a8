"""Reads every new story from the API, page by page. Standard library only.

POLLWATCH_URL=http://127.0.0.1:8001 POLLWATCH_TOKEN=pw_… python3 read_queue.py
"""

import json
import os
import urllib.request
from collections.abc import Iterator


def stories(tab: str = "new") -> Iterator[dict[str, object]]:
    base, after = os.environ["POLLWATCH_URL"].rstrip("/"), 0
    while after is not None:
        request = urllib.request.Request(  # noqa: S310
            f"{base}/-/api/v1/stories?tab={tab}&limit=100&after={after}",
            headers={"Authorization": f"Bearer {os.environ['POLLWATCH_TOKEN']}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            page = json.load(answer)
        yield from page["stories"]
        after = page["next"]


for story in stories():
    print(story["severity"], story["headline"], story["url"], sep="\t")  # noqa: T201
