"""Keys and values of a YAML mapping: unknown and repeated keys are faults, with what was meant."""

from collections.abc import Iterable, Iterator

import yaml

from config.did_you_mean import did_you_mean
from config.document import Document


def is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def shorten(value: str, limit: int = 60) -> str:
    return value if len(value) <= limit else value[: limit - 1] + "…"


def meant(name: str, names: Iterable[str], otherwise: str) -> str:
    """The known name that comes nearest; else all of them, in their order, after `otherwise`."""
    names = tuple(names)
    return did_you_mean(name, names) or f"{otherwise} {', '.join(names) or 'none'}"


def mapping_entries(
    document: Document, node: yaml.Node, known_keys: Iterable[str] | None, name: str
) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Key, key node and value node of a mapping; unknown and repeated keys are faults."""
    if not isinstance(node, yaml.MappingNode):
        document.fault(node, f"{name} is made of lines such as 'key: value'")
        return
    allowed = None if known_keys is None else tuple(known_keys)
    seen_keys: set[str] = set()
    for key, value in node.value:
        text = key.value if isinstance(key, yaml.ScalarNode) else ""
        if text in seen_keys:
            document.fault(key, f'the key "{text}" comes twice')
        elif allowed is not None and text not in allowed:
            document.fault(
                key, f'unknown key "{shorten(text)}"', hint=meant(text, allowed, "the keys are")
            )
        else:
            seen_keys.add(text)
            yield text, key, value


def text_value(document: Document, node: yaml.Node, name: str) -> str | None:
    """A value as text: a number stays as it was written."""
    if not isinstance(node, yaml.ScalarNode) or is_null(node):
        document.fault(node, "must be text", name=name)
        return None
    return str(node.value)


def text_list(document: Document, node: yaml.Node, name: str) -> tuple[str, ...]:
    """A list of texts; a single text counts as a list of one."""
    if isinstance(node, yaml.ScalarNode) and not is_null(node):
        return (str(node.value),)
    if not isinstance(node, yaml.SequenceNode):
        document.fault(node, "must be a list of texts", name=name)
        return ()
    texts = [text_value(document, child, name) for child in node.value]
    return tuple(text for text in texts if text is not None)
