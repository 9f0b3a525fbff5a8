"""Sessions and one-time links. Who signed out stays out: the database keeps it over a restart."""

import secrets
import time
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeSerializer

from review.auth.team_file import Person, Team

COOKIE = "pollwatch_session"
DEVICE_COOKIE = "pollwatch_device"


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

    def end(self, cookie: str) -> tuple[str, float] | None:
        """The key of the session that ended, and when its cookie would have died anyway."""
        try:
            session = self._signer().loads(cookie)
        except BadSignature:
            return None
        self.ended.add(session["key"])
        return session["key"], session["at"] + self.team.session_hours * 3600

    def offer(self, person_id: str) -> str:
        """A token that lets this person in once."""
        token = secrets.token_urlsafe(32)
        self.links[token] = person_id
        return token

    def redeem(self, token: str) -> Person | None:
        return self.team.people.get(self.links.pop(token, ""))

    def device(self, person: Person) -> str:
        """A mark for a browser that this person signed in with; opens nothing by itself."""
        return str(self._devices().dumps({"id": person.id, "nonce": secrets.token_hex(8)}))

    def nonce(self, cookie: str, name: str) -> str | None:
        """The nonce of a browser that signed in as `name` before; None for any other."""
        try:
            device = self._devices().loads(cookie)
        except BadSignature:
            return None
        return str(device["nonce"]) if device["id"] == name else None

    def _devices(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.team.secret, "pollwatch device")


def seconds_now() -> float:
    return time.time()
