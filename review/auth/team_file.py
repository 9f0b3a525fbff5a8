"""Who may come in, and what each may do: the team file, roles, password hashes."""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from model import ConfigError
from review.auth.client_address import Network, networks

Role = Literal["viewer", "reviewer", "lead"]
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "lead")
PREFIX = re.compile(r"/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?")
SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    role: Role
    password: str = ""  # a scrypt hash; empty: comes in by one-time link only

    @property
    def stamp(self) -> str:
        """Changes with the password, so that a new password ends all sessions."""
        return hashlib.sha256(self.password.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Team:
    """How one review server lets people in. `hosts` are the names that it answers to."""

    people: Mapping[str, Person]
    secret: str
    hosts: tuple[str, ...] = ()
    tls: bool = False
    proxies: str = "127.0.0.1"  # addresses and networks whose X-Forwarded-For is believed
    session_hours: float = 12.0
    path_prefix: str = ""  # "/pollwatch", where a proxy serves the pages under that path
    solo: bool = False
    path: str = ""

    @property
    def trusted(self) -> tuple[Network, ...]:
        return () if self.solo else networks(self.proxies)


def hash_password(password: str, salt: bytes | None = None) -> str:
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)
    return "scrypt$" + "$".join(base64.b64encode(part).decode() for part in (salt, digest))


NOBODY = hash_password(secrets.token_hex(16))  # checked for unknown names, to take as long


def password_fits(password: str, stored: str) -> bool:
    kind, _, rest = stored.partition("$")
    salt, _, _ = rest.partition("$")
    if kind != "scrypt" or not salt:
        return False
    return secrets.compare_digest(hash_password(password, base64.b64decode(salt)), stored)


def alone(name: str, *, hosts: tuple[str, ...] = ()) -> Team:
    """One person on their own machine: a lead, with a secret that lives as long as the server."""
    return Team({name: Person(name, name, "lead")}, secrets.token_hex(32), hosts, solo=True)


@dataclass(slots=True)
class _Faults:
    path: str
    found: list[ConfigError] = field(default_factory=list)

    def add(self, why: str, name: str | None = None, hint: str | None = None) -> None:
        self.found.append(ConfigError(self.path, why, field=name, hint=hint))


KEYS = {"people", "secret", "hosts", "tls", "proxies", "session_hours", "base_url"}


def load_team(path: Path) -> Team:
    """Raise ExceptionGroup[ConfigError] with every fault of the file."""
    faults = _Faults(str(path))
    data = _mapping(path, faults)
    for key in sorted(str(key) for key in set(data) - KEYS):
        faults.add("unknown key", key, f"known: {', '.join(sorted(KEYS))}")
    people = _people(data.get("people"), faults)
    secret = _secret(data.get("secret"), faults)
    hosts = data.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        faults.add("must be a list of host names", "hosts")
        hosts = []
    hours = data.get("session_hours", 12)
    if not isinstance(hours, int | float) or not 0 < hours <= 720:
        faults.add("must be a number of hours, 720 at most", "session_hours")
        hours = 12
    proxies = str(data.get("proxies", "127.0.0.1"))
    try:
        networks(proxies)
    except ValueError as error:
        faults.add(str(error), "proxies", "addresses or networks, such as 10.1.2.3 or 10.1.0.0/16")
    prefix = _path_prefix(data.get("base_url", "/"), faults)
    if faults.found:
        raise ExceptionGroup(f"{path}: {len(faults.found)} fault(s)", faults.found)
    return Team(
        people, secret, tuple(hosts), data.get("tls") is True,
        proxies, float(hours), prefix, path=str(path),
    )  # fmt: skip


def _path_prefix(given: object, faults: _Faults) -> str:
    if isinstance(given, str) and PREFIX.fullmatch(given):
        return given.rstrip("/")
    faults.add(
        "must be a path such as /pollwatch/", "base_url", "the host name belongs under hosts"
    )
    return ""


def _mapping(path: Path, faults: _Faults) -> dict[object, object]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as exc:
        faults.add(f"cannot be read: {exc.strerror}")
        return {}
    except yaml.YAMLError as exc:
        faults.add(f"is not YAML: {exc}")
        return {}
    if isinstance(data, dict):
        return data
    faults.add("must hold a mapping with people and secret")
    return {}


def _people(listed: object, faults: _Faults) -> dict[str, Person]:
    if not isinstance(listed, list) or not listed:
        faults.add("must list at least one person", "people")
        return {}
    people: dict[str, Person] = {}
    for number, entry in enumerate(listed):
        person = _person(entry, f"people[{number}]", faults)
        if person and person.id in people:
            faults.add(f"{person.id} is listed twice", f"people[{number}]")
        elif person:
            people[person.id] = person
    return people


def _person(entry: object, where: str, faults: _Faults) -> Person | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str) or not entry["id"]:
        faults.add("needs an id", where)
        return None
    unknown = set(entry) - {"id", "name", "role", "password"}
    if unknown:
        faults.add(f"unknown key {', '.join(sorted(map(str, unknown)))}", where)
    role = entry.get("role")
    if role not in ROLES:
        faults.add(f"must be one of {', '.join(ROLES)}", f"{where}.role")
        return None
    password = _named(entry.get("password"), f"{where}.password", faults)
    if password and not password.startswith("scrypt$"):
        faults.add(
            "must be a hash, not a password", f"{where}.password",
            "make one with: pollwatch review --hash-password",
        )  # fmt: skip
        return None
    return Person(entry["id"], str(entry.get("name") or entry["id"]), role, password)


def _secret(given: object, faults: _Faults) -> str:
    secret = _named("env:DATASETTE_SECRET" if given is None else given, "secret", faults)
    if secret and len(secret) < 32:
        faults.add(
            "must have 32 characters or more",
            "secret",
            "python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return secret


def _named(given: object, where: str, faults: _Faults) -> str:
    """A value as written, or what "env:NAME" or "file:PATH" stands for."""
    if not isinstance(given, str) or not given:
        faults.add("is missing", where)
        return ""
    kind, _, name = given.partition(":")
    if kind == "env":
        if not os.environ.get(name):
            faults.add(f"the environment variable {name} is not set", where)
        return os.environ.get(name, "")
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError as exc:
            faults.add(f"{name} cannot be read: {exc.strerror}", where)
            return ""
    return given
