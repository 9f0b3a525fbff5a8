"""The limit on guessing passwords. Its counts live as long as the server.

Three counts, each in a sliding window: of an address, of a name at an address, and of a name over
all addresses, so that many machines gain an attacker nothing. A browser that signed in under a
name before has a count of its own and is not held up by what strangers do (OWASP calls this a
device cookie).
"""

from dataclasses import dataclass, field

MOST_KEYS = 10_000  # from here on what has run out is forgotten …
FORGET_EVERY = 60.0  # seconds: … at most so often, as each time looks at all of them


@dataclass(slots=True)
class SignInLimit:
    per_name_and_address: int = 5
    per_address: int = 20
    per_name: int = 50
    window: float = 900.0  # seconds
    failures: dict[str, list[float]] = field(default_factory=dict)
    forgot_at: float = float("-inf")

    def wait(self, name: str, address: str, now: float, device: str | None = None) -> int:
        """Seconds until the next try is allowed; 0: go on."""
        return max(
            self._wait(key, allowed, now) for key, allowed in self._keys(name, address, device)
        )

    def fail(self, name: str, address: str, now: float, device: str | None = None) -> None:
        if len(self.failures) > MOST_KEYS and now - self.forgot_at >= FORGET_EVERY:
            self.forgot_at = now
            self.failures = {
                key: at for key, at in self.failures.items() if now - at[-1] < self.window
            }
        for key, _ in self._keys(name, address, device):
            self.failures.setdefault(key, []).append(now)

    def forgive(self, name: str, address: str, device: str | None = None) -> None:
        """After a success: the failures of this name here, and the try itself, no longer count."""
        (own, _), *others = self._keys(name, address, device)
        self.failures.pop(own, None)
        for key, _ in others:
            if self.failures.get(key):
                self.failures[key].pop()
                if not self.failures[key]:
                    del self.failures[key]

    def _keys(self, name: str, address: str, device: str | None) -> list[tuple[str, int]]:
        if device is not None:
            return [(f"device {device}", self.per_name_and_address)]
        person = name.lower()
        return [
            (f"name {person} {address}", self.per_name_and_address),
            (f"address {address}", self.per_address),
            (f"name {person}", self.per_name),
        ]

    def _wait(self, key: str, allowed: int, now: float) -> int:
        recent = [at for at in self.failures.get(key, []) if now - at < self.window]
        if len(recent) < allowed:
            return 0
        return max(1, int(self.window - (now - recent[-allowed])))
