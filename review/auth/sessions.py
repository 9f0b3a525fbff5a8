"""Sessions, one-time links and the brake on guessing passwords. State lives as long as the server."""

import secrets
import time
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeSerializer

from review.auth.team_file import Person, Team

COOKIE = "pollwatch_session"


@dataclass(slots=True)
class Sessions:
    """Signs and checks session cookies. A cookie dies by age, sign-out or a changed password."""

    team: Team
    ended: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)  # one-time token -> person

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.team.secret, "pollwatch session")

    def start(self, person: Person, now: float) -> str:
        session = {
            "id": person.id,
            "at": int(now),
            "key": secrets.token_hex(8),
            "stamp": person.stamp,
        }
        return str(self._signer().dumps(session))

    def person(self, cookie: str, now: float) -> Person | None:
        try:
            session = self._signer().loads(cookie)
        except BadSignature:
            return None
        person = self.team.people.get(session["id"])
        if person is None or session["stamp"] != person.stamp or session["key"] in self.ended:
            return None
        return person if now - session["at"] < self.team.session_hours * 3600 else None

    def end(self, cookie: str) -> None:
        try:
            self.ended.add(self._signer().loads(cookie)["key"])
        except BadSignature:
            return

    def offer(self, person_id: str) -> str:
        """A token that lets this person in once."""
        token = secrets.token_urlsafe(32)
        self.links[token] = person_id
        return token

    def redeem(self, token: str) -> Person | None:
        return self.team.people.get(self.links.pop(token, ""))


@dataclass(slots=True)
class Brake:
    """Counts failed sign-ins in a sliding window. Each address and each name has its own count."""

    per_name: int = 5
    per_address: int = 20
    window: float = 900.0
    failures: dict[str, list[float]] = field(default_factory=dict)

    def wait(self, name: str, address: str, now: float) -> int:
        """Seconds until the next try is allowed; 0: go on."""
        waits = [
            self._wait(f"name {name.lower()} {address}", self.per_name, now),
            self._wait(f"address {address}", self.per_address, now),
        ]
        return max(waits)

    def fail(self, name: str, address: str, now: float) -> None:
        if len(self.failures) > 10_000:
            self.failures = {
                key: at for key, at in self.failures.items() if now - at[-1] < self.window
            }
        for key in (f"name {name.lower()} {address}", f"address {address}"):
            self.failures.setdefault(key, []).append(now)

    def forgive(self, name: str, address: str) -> None:
        """After a success: the failures of this name, and the try itself, no longer count."""
        self.failures.pop(f"name {name.lower()} {address}", None)
        if self.failures.get(f"address {address}"):
            self.failures[f"address {address}"].pop()

    def _wait(self, key: str, allowed: int, now: float) -> int:
        recent = [at for at in self.failures.get(key, []) if now - at < self.window]
        if len(recent) < allowed:
            return 0
        return max(1, int(self.window - (now - recent[-allowed])))


def clock() -> float:
    return time.time()
