"""The proxies and headers that feeds.yaml asks for, once the secrets they name are known."""

import os
from collections.abc import Iterable, Iterator, Mapping

from extractors.feed_list.feed_fields import is_reference
from extractors.fetch.answer.headers import header_fault
from extractors.fetch.transport.proxies import Proxies, parse_proxy, proxies_from
from extractors.fetch.urls import host_group
from model import ConfigError, FeedList, FeedSpec

Secrets = Mapping[str, str]  # by what names them: "env:NAME" or "secret:block"


def references(listed: FeedList) -> Iterator[tuple[str, str, str]]:
    """Where secrets are asked for, as (feed id or "settings", field, reference); enabled feeds only."""
    if (proxy := listed.settings.proxy) is not None and is_reference(proxy):
        yield "settings", "proxy", proxy
    for spec in listed.feeds:
        if spec.enabled:
            for field, reference in references_of(spec):
                yield spec.id, field, reference


def references_of(spec: FeedSpec) -> Iterator[tuple[str, str]]:
    if spec.auth is not None:
        yield "auth", spec.auth
    if spec.proxy is not None and is_reference(spec.proxy):
        yield "proxy", spec.proxy
    for _, value in spec.headers:
        if is_reference(value):
            yield "headers", value


def in_environment(references: Iterable[str]) -> dict[str, str]:
    """What those that begin with `env:` hold here; others are for Prefect to know."""
    names = (reference for reference in references if reference.startswith("env:"))
    return {
        reference: os.environ[reference[4:]] for reference in names if reference[4:] in os.environ
    }


def own_headers(spec: FeedSpec, secrets: Secrets) -> tuple[tuple[str, str], ...]:
    """The feed's headers with their secrets in place; those whose secret is missing are left out."""
    headers = ((name, _value_of(value, secrets)) for name, value in spec.headers)
    return tuple((name, value.strip()) for name, value in headers if value is not None)


def proxies_of(listed: FeedList, secrets: Secrets, environ: Mapping[str, str]) -> Proxies:
    """Who is asked instead of the servers. A feed's proxy is that of all that is asked of its site.

    Raises ValueError; `faults_of_network` says beforehand what would.
    """
    by_group: dict[str, str] = {}
    for spec in listed.feeds:
        address = _value_of(spec.proxy, secrets) if spec.proxy is not None else None
        if spec.enabled and address is not None:
            by_group.setdefault(host_group(spec.url), address)
    setting = listed.settings.proxy
    return proxies_from(
        environ, setting=_value_of(setting, secrets) if setting else None, by_group=by_group
    )


def faults_of_network(
    listed: FeedList, secrets: Secrets, environ: Mapping[str, str]
) -> list[ConfigError]:
    """What is wrong with the addresses and header values that secrets and the environment hold."""
    faults = [
        ConfigError(listed.path, f"{where}: what {reference} holds {why}", field=field)
        for where, field, reference in references(listed)
        if (secret := secrets.get(reference)) is not None
        and (why := _fault(field, secret.strip())) is not None
    ]
    try:
        proxies_from(environ)
    except ValueError as wrong:
        faults.append(ConfigError("the environment", str(wrong), field="proxy"))
    return faults


def usable_secrets(listed: FeedList, secrets: Secrets) -> dict[str, str]:
    """Those that can stand wherever `listed` asks for them."""
    unusable = {
        reference
        for _, field, reference in references(listed)
        if reference in secrets and _fault(field, secrets[reference].strip()) is not None
    }
    return {name: secret for name, secret in secrets.items() if name not in unusable}


def _fault(field: str, secret: str) -> str | None:
    if field == "headers":
        return header_fault("X-Any", secret)
    if field != "proxy":
        return None
    try:
        parse_proxy(secret)
    except ValueError as wrong:
        return str(wrong)
    return None


def _value_of(value: str, secrets: Secrets) -> str | None:
    return secrets.get(value) if is_reference(value) else value
