"""Feeds and rules as far as they can be used: one unfinished rule must not stop the collection.

What is faulty goes on as it was last whole, from the database, or is left out; every fault is
kept with its file and line, and shown with the run.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from extractors.feed_list import last_good
from extractors.feed_list.load import PartList, load_part
from matchers.relevance.weights import weights_as_json, weights_of, weights_path
from matchers.rules.load import Loaded, RuleSet, load_folder
from matchers.rules.restore import RestoredRule, restored, written_out
from matchers.rules.ruleset import with_weights
from model import ConfigError, FeedList, FeedSpec
from storage import feeds as stored_feeds
from storage import rules as stored_rules
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Usable:
    """What a run can go by. `unfinished`: ids of rules in files with faults; they stay as they are."""

    feeds: FeedList
    rules: RuleSet
    unfinished: frozenset[str]
    faults: tuple[ConfigError, ...]


def usable_configuration(feeds: Path, rules: Path, db: Path) -> Usable:
    """Feeds and rules for one run.

    Raises an ExceptionGroup of ConfigError only when there is no feed to poll: neither a readable
    entry nor a list that an earlier run kept.
    """
    listed, loaded = load_part(feeds), load_folder(rules)
    whole = not (listed.faults or loaded.faults)
    if whole and (loaded.rules.weights is not None or not db.exists()):
        assert listed.feeds is not None
        return Usable(listed.feeds, loaded.rules, frozenset(), ())
    if not db.exists():
        return without_memory(listed, loaded)
    with Store.open_existing(db, any_version=True) as store:
        feed_list = restored_feeds(listed, stored_feeds.kept_list(store.db))
        stored = stored_rules.active_rules(store.db) if loaded.faults else ()
        weights = stored_rules.kept_weights(store.db) if loaded.rules.weights is None else None
    if feed_list is None:
        raise ExceptionGroup("configuration", [*listed.faults, *loaded.faults])
    ruleset, unfinished = restored_rules(loaded, stored)
    ruleset, missing = with_last_weights(ruleset, loaded, weights)
    return Usable(feed_list, ruleset, unfinished, (*listed.faults, *loaded.faults, *missing))


def with_last_weights(
    ruleset: RuleSet, loaded: Loaded, kept_text: str | None
) -> tuple[RuleSet, tuple[ConfigError, ...]]:
    """The rules with the weights that the last run had, where the file is faulty or gone; and the
    fault, unless it was told when the file was read."""
    if ruleset.weights is not None or kept_text is None:
        return ruleset, ()
    path = weights_path(Path(loaded.rules.path))
    again = with_weights(ruleset, weights_of(json.loads(kept_text), str(path)))
    if path.exists():
        return again, ()
    why = "is missing: relevance goes on by the weights of the last run that had them"
    return again, (ConfigError(str(path), why, hint="put the file back beside the rules"),)


def without_memory(listed: PartList, loaded: Loaded) -> Usable:
    """Before the first run nothing is lost by asking for whole files."""
    weights = str(weights_path(Path(loaded.rules.path)))
    faulty = any(fault.path == weights for fault in loaded.faults)
    if listed.faults or faulty or not loaded.usable.rules:
        raise ExceptionGroup("configuration", [*listed.faults, *loaded.faults])
    assert listed.feeds is not None
    return Usable(listed.feeds, loaded.usable, frozenset(), tuple(loaded.faults))


def restored_feeds(listed: PartList, text: str | None) -> FeedList | None:
    """The sound entries, and those with a fault as they were last whole."""
    if not listed.faults:
        return listed.feeds
    earlier = last_good.feeds_from_json(text, "") if text is not None else None
    if listed.feeds is None:
        return earlier
    if earlier is None:
        return None if listed.settings_faulty else listed.feeds
    here = {spec.id for spec in listed.feeds.feeds}
    again = tuple(spec for spec in earlier.feeds if stands_for(spec, listed.faulty - here))
    settings = earlier.settings if listed.settings_faulty else listed.feeds.settings
    return replace(listed.feeds, settings=settings, feeds=listed.feeds.feeds + again)


def stands_for(spec: FeedSpec, names: frozenset[str]) -> bool:
    return spec.id in names or spec.url in names


def restored_rules(
    loaded: Loaded, stored: tuple[stored_rules.StoredRule, ...]
) -> tuple[RuleSet, frozenset[str]]:
    """The sound rules and the last good version of the others; and the ids of those others."""
    sound = loaded.usable
    here = {rule.id for rule in sound.rules}
    waiting = {
        stored_rule.id: stored_rule
        for stored_rule in stored
        if stored_rule.id not in here and is_unfinished(stored_rule, loaded)
    }
    again = [
        rule
        for stored_rule in waiting.values()
        if (rule := restored(stored_rule.definition)) is not None
    ]
    return with_restored(sound, again), frozenset(waiting)


def is_unfinished(stored: stored_rules.StoredRule, loaded: Loaded) -> bool:
    """Whether a stored rule is missing for a fault, and not because somebody took it out."""
    if loaded.broken_lists or not Path(loaded.rules.path).exists():
        return True
    if any(fault.path == stored.path for fault in loaded.faults):
        return True
    return any(draft.id == stored.id for draft in loaded.drafts)


def with_restored(sound: RuleSet, again: list[RestoredRule]) -> RuleSet:
    if not again:
        return sound
    hashes = "\n".join([sound.sha256, *sorted(earlier.rule.sha256 for earlier in again)])
    return RuleSet(
        sound.path,
        (*sound.rules, *(earlier.rule for earlier in again)),
        (*sound.trees, *((earlier.query, earlier.unless) for earlier in again)),
        sha256(hashes.encode()).hexdigest(),
        sound.weights,
    )


def keep_configuration(
    store: Store, feeds: FeedList, rules: RuleSet, faults: tuple[ConfigError, ...]
) -> None:
    """Keep what later runs go on with while a file is unfinished. Writes only what is new."""
    if not any(fault.path == feeds.path for fault in faults):
        stored_feeds.keep_feed_list(store.db, last_good.feeds_as_json(feeds))
    missing = stored_rules.not_written_out(store.db)
    texts: dict[int, Mapping[str, str | int | None]] = {}
    for rule, (query, unless) in zip(rules.rules, rules.trees, strict=True):
        if rule.id in missing:
            texts[missing[rule.id]] = asdict(written_out(query, unless))
    if texts:
        stored_rules.write_out(store.db, texts)
    if rules.weights is not None and stored_rules.weights_differ(store.db, rules.weights.sha256):
        stored_rules.keep_weights(store.db, weights_as_json(rules.weights), rules.weights.sha256)
