"""Who may come in, and what each may do: the team file, roles, password hashes."""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from config import fields
from config.document import Document
from config.fields import FieldError
from config.open_file import open_bytes
from config.read import read_yaml
from review.auth.client_address import Network, networks

Role = Literal["viewer", "reviewer", "lead"]
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "lead")
LONGEST_SECRET = 10_000  # bytes: /dev/zero has no end
PATH_PREFIX = r"/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?"
COOKIE_KEY = "DATASETTE_SECRET"
NEW_COOKIE_KEY = """set it to what this prints, and keep that: python3 -c 'import secrets; print(secrets.token_hex(32))'"""
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
    due_minutes: Mapping[str, float] | None = None  # by severity, until a verdict is due
    second_opinions: float = 0.0  # of a hundred first verdicts
    solo: bool = False
    path: str = ""

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who may decide, by id: leads too. Stories are given to these alone."""
        return tuple(
            sorted(person.id for person in self.people.values() if person.role != "viewer")
        )

    @property
    def trusted(self) -> tuple[Network, ...]:
        return () if self.solo else networks(self.proxies)


def hash_password(password: str, salt: bytes | None = None) -> str:
    salt = secrets.token_bytes(16) if salt is None else salt
    digest = hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)
    return "scrypt$" + "$".join(base64.b64encode(part).decode() for part in (salt, digest))


HASH_OF_NOBODY = hash_password(secrets.token_hex(16))  # checked for unknown names, to take as long


def password_fits(password: str, stored: str) -> bool:
    kind, _, rest = stored.partition("$")
    salt, _, _ = rest.partition("$")
    if kind != "scrypt" or not salt:
        return False
    return secrets.compare_digest(hash_password(password, base64.b64decode(salt)), stored)


def team_of_one(name: str, *, hosts: tuple[str, ...] = ()) -> Team:
    """One person on their own machine: a lead, with a secret that lives as long as the server."""
    return Team({name: Person(name, name, "lead")}, secrets.token_hex(32), hosts, solo=True)


def load_team(path: Path) -> Team:
    """Raise ExceptionGroup[ConfigError] with every fault of the file."""
    document, root = read_yaml(path, str(path))
    if root is None and not document.faults:
        document.refuse("must hold a mapping with people and secret")
    values = fields.values(document, root, TEAM, "the team file")
    people = _people(document, root, values.pop("people", None))
    secret = values.pop("secret", None) or _default_secret(document, root)
    due = values.pop("due_minutes", None)
    if isinstance(due, yaml.Node):
        values["due_minutes"] = fields.values(document, due, DUE_FIELDS, "due_minutes")
    document.raise_faults()
    prefix = str(values.pop("base_url", "/")).rstrip("/")
    return Team(people, str(secret), path_prefix=prefix, path=str(path), **values)  # type: ignore[arg-type]


def _people(document: Document, root: yaml.Node | None, listed: object) -> dict[str, Person]:
    people: dict[str, Person] = {}
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        if root is not None:
            document.fault(root, "must list at least one person", name="people")
        return people
    for node in listed.value:
        person = _person(document, node)
        if person and person.id in people:
            document.fault(node, f"{person.id} is listed twice", name="people")
        elif person:
            people[person.id] = person
    return people


def _person(document: Document, node: yaml.Node) -> Person | None:
    before = len(document.faults)
    values = fields.values(document, node, PERSON, "a person")
    for name in ("id", "role"):
        if name not in values and len(document.faults) == before:
            document.fault(node, "is missing", name=name)
    if len(document.faults) > before:
        return None
    return Person(**{"name": values["id"], **values})  # type: ignore[arg-type]


def _default_secret(document: Document, root: yaml.Node | None) -> str:
    if root is None or document.faults:
        return ""
    try:
        return _long_enough(_looked_up(f"env:{COOKIE_KEY}"))
    except FieldError as error:
        document.fault(root, error.why, name="secret", hint=error.hint)
        return ""


def _secret(node: yaml.Node) -> str:
    return _long_enough(_looked_up(fields.raw(node)))


def _long_enough(secret: str) -> str:
    if len(secret) < 32:
        raise FieldError(
            "must have 32 characters or more",
            "python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return secret


def _password(node: yaml.Node) -> str:
    password = _looked_up(fields.raw(node))
    if not password.startswith("scrypt$"):
        raise FieldError(
            "must be a hash, not a password", "make one with: pollwatch review --hash-password"
        )
    return password


def _looked_up(written: str) -> str:
    """A value as written, or what "env:NAME" or "file:PATH" stands for."""
    if not written:
        raise FieldError("is missing")
    kind, _, name = written.partition(":")
    if kind == "env":
        if not os.environ.get(name):
            hint = NEW_COOKIE_KEY if name == COOKIE_KEY else None
            raise FieldError(f"the environment variable {name} is not set", hint)
        return os.environ[name]
    if kind == "file":
        try:
            with open_bytes(Path(name)) as file:
                return file.read(LONGEST_SECRET).decode("utf-8").strip()
        except (OSError, ValueError) as error:  # ValueError: it is not text
            raise FieldError(f"{name} cannot be read: {error}") from error
    return written


def _proxies(node: yaml.Node) -> str:
    written = ", ".join(fields.list_of(fields.raw, least=0)(node))
    try:
        networks(written)
    except ValueError as error:
        hint = "addresses or networks, such as 10.1.2.3 or 10.1.0.0/16"
        raise FieldError(str(error), hint) from error
    return written


TEAM: dict[str, fields.Reader] = {
    "people": lambda node: node,
    "secret": _secret,
    "hosts": fields.list_of(fields.text_field(), least=0),
    "tls": fields.switch,
    "proxies": _proxies,
    "session_hours": fields.number_field(0.01, 720, whole=False),
    "due_minutes": lambda node: node,
    "second_opinions": fields.number_field(0, 100, whole=False),
    "base_url": fields.shaped(
        PATH_PREFIX, "a path such as /pollwatch/", "the host name belongs under hosts"
    ),
}
DUE_FIELDS: dict[str, fields.Reader] = {
    severity: fields.number_field(1, 525_600) for severity in ("critical", "high", "medium", "low")
}
PERSON: dict[str, fields.Reader] = {
    "id": fields.text_field(),
    "name": fields.text_field(),
    "role": fields.one_of(ROLES, "role"),
    "password": _password,
}
