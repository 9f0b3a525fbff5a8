"""Coming in: one-time links, passwords, the limit on guessing, cookies, the team file, the command itself."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.review import command
from model import ConfigError
from review.auth import team_file
from review.auth.sessions import COOKIE, Sessions
from review.auth.team_file import Team
from tests.review.conftest import PASSWORD, SECRET, Desk

pytestmark = pytest.mark.slow  # real processes and servers; .ci/run runs them

EXAMPLE = Path(__file__).parents[3] / "review" / "team.example.yaml"


def sign_in(desk: Desk, name: str, password: str, **more: str) -> "object":
    return desk.post(
        "/-/sign-in",
        {"name": name, "password": password, **more},
        None,
        headers={"accept": "text/html"},
    )


def test_a_one_time_link_works_once(db: Path, opened: Callable[[Path, Team], Desk]) -> None:
    desk = opened(db, team_file.team_of_one("me"))
    token = desk.ds.pollwatch_desk.sessions.offer("me")

    first = desk.get(f"/-/sign-in/link?token={token}", None)
    second = desk.get(f"/-/sign-in/link?token={token}", None)

    assert (first.status_code, second.status_code) == (303, 403)
    cookie = first.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=43200" in cookie
    assert desk.get("/-/sign-in/link?token=", None).status_code == 403


def test_a_preview_of_the_link_does_not_spend_it(
    db: Path, opened: Callable[[Path, Team], Desk]
) -> None:
    desk = opened(db, team_file.team_of_one("me"))
    token = desk.ds.pollwatch_desk.sessions.offer("me")

    for _ in range(3):
        desk.run(desk.ask("HEAD", f"/-/sign-in/link?token={token}", None))

    assert desk.get(f"/-/sign-in/link?token={token}", None).status_code == 303


def test_a_new_link_is_printed_where_the_server_runs_and_not_too_often(
    db: Path, opened: Callable[[Path, Team], Desk]
) -> None:
    desk, printed = opened(db, team_file.team_of_one("me")), []
    desk.ds.pollwatch_desk.greet_again = lambda: printed.append("link")

    pages = [desk.post("/-/sign-in/again", {}, None) for _ in range(3)]

    assert [page.status_code for page in pages] == [200] * 3
    assert printed == ["link"]
    assert all("token" not in page.text for page in pages)


def test_signing_out_lasts_over_a_restart(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    first = opened(db, team)
    copied = first.cookies("rita")
    first.cookies = lambda who: copied if who else {}  # type: ignore[method-assign]
    first.post("/-/sign-out", {})

    second = opened(db, team)
    second.cookies = lambda who: copied if who else {}  # type: ignore[method-assign]

    assert second.get("/-/queue").status_code == 303


def test_a_forged_address_gains_no_guess(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    desk = opened(db, replace(team, proxies="127.0.0.1"))

    codes = [
        desk.post(
            "/-/sign-in",
            {"name": "rita", "password": f"guess {n}"},
            None,
            headers={"accept": "text/html", "x-forwarded-for": f"203.0.113.{n}, 198.51.100.9"},
        ).status_code
        for n in range(7)
    ]

    assert codes == [403] * 5 + [429] * 2


def test_a_strangers_form_is_small(desk: Desk) -> None:
    answer = desk.post("/-/sign-in", {"name": "rita", "password": "x" * 20_000}, None)

    assert answer.status_code == 413


def test_passwords(desk: Desk) -> None:
    right = sign_in(desk, "rita", PASSWORD, next="/-/card/1")
    astray = sign_in(desk, "rita", PASSWORD, next="https://evil.example/")

    assert (right.status_code, right.headers["location"]) == (303, "/-/card/1")
    assert astray.headers["location"] == "/-/queue"
    for name, password in (("rita", "wrong"), ("nobody", PASSWORD), ("", ""), ("rita", "")):
        assert sign_in(desk, name, password).status_code == 403


def test_guessing_is_limited(desk: Desk) -> None:
    codes = [sign_in(desk, "rita", f"guess {n}").status_code for n in range(7)]

    assert codes == [403] * 5 + [429] * 2
    assert sign_in(desk, "rita", PASSWORD).status_code == 429
    assert sign_in(desk, "remy", PASSWORD).status_code == 303


def test_sessions_end(team: Team) -> None:
    sessions, now = Sessions(team), time.time()
    cookie = sessions.start(team.people["rita"], now)

    assert sessions.person(cookie, now) == team.people["rita"]
    assert sessions.person(cookie, now + 12 * 3600) is None
    assert sessions.person(cookie[:-2], now) is None
    assert Sessions(Team({}, SECRET)).person(cookie, now) is None
    assert Sessions(Team(team.people, "another" * 8)).person(cookie, now) is None
    renewed = {"rita": team_file.Person("rita", "Rita", "reviewer", "scrypt$new$password")}
    assert Sessions(Team(renewed, SECRET)).person(cookie, now) is None
    sessions.end(cookie)
    assert sessions.person(cookie, now) is None


def test_signing_out_ends_a_copied_cookie(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is others' too, who sign in as they please."""
    copied = desk.cookies("rita")
    monkeypatch.setattr(desk, "cookies", lambda who: copied if who else {})

    assert desk.get("/-/queue").status_code == 200
    assert desk.post("/-/sign-out", {}).status_code == 303
    assert desk.get("/-/queue").status_code == 303


def test_cookies_behind_tls_are_secure(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    desk = opened(db, Team(team.people, SECRET, hosts=team.hosts, tls=True))

    answer = sign_in(desk, "rita", PASSWORD)
    page = desk.get("/-/queue")

    for response in (answer, page):
        for cookie in response.headers.get_list("set-cookie"):
            assert "secure" in cookie.lower()
            assert "httponly" in cookie.lower()
            assert "samesite" in cookie.lower()
        assert response.headers["strict-transport-security"] == "max-age=31536000"


def test_the_example_file_works(monkeypatch: pytest.MonkeyPatch, hashed: str) -> None:
    monkeypatch.setenv("DATASETTE_SECRET", SECRET)
    for name in ("LENA", "RITA", "VERA"):
        monkeypatch.setenv(f"POLLWATCH_PASSWORD_{name}", hashed)

    team = team_file.load_team(EXAMPLE)

    assert [person.role for person in team.people.values()] == ["lead", "reviewer", "viewer"]
    assert (team.tls, team.hosts, team.solo) == (True, ("review.newsroom.example",), False)


def test_all_faults_of_a_team_file_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    path = tmp_path / "team.yaml"
    path.write_text(
        "secret: short\nhost: x\npeople:\n- {id: a, role: boss, password: x}\n- {id: b, role: lead, password: plain}\n- {id: c, role: lead, password: 'env:NOT_SET'}\n- 7\n"
    )

    with pytest.raises(ExceptionGroup) as caught:
        team_file.load_team(path)

    messages = "\n".join(str(fault) for fault in caught.value.exceptions)
    assert all(isinstance(fault, ConfigError) for fault in caught.value.exceptions)
    for part in (
        "host",
        "32 characters",
        "one of viewer",
        "must be a hash",
        "NOT_SET",
        "a person is made of lines such as 'key: value'",
    ):
        assert part in messages


def test_password_hashes_differ_and_fit() -> None:
    first, two = team_file.hash_password("x"), team_file.hash_password("x")

    assert first != two
    assert team_file.password_fits("x", first)
    assert not team_file.password_fits("y", first)
    for broken in ("", "plain", "scrypt$", "scrypt$$", "md5$a$b"):
        assert not team_file.password_fits("x", broken)


@pytest.mark.parametrize(("arguments", "message"), [
    (["--db", "missing.db"], "there is no database"), (["--db", "{db}", "--host", "0.0.0.0"], "needs --config"), (["--db", "{text}"], "not"), (["--db", "{db}", "--config", "missing.yaml"], "missing.yaml: does not exist"),
])  # fmt: skip
def test_the_command_says_what_is_wrong(
    db: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database, and long enough to be told from an empty file " * 20)

    result = CliRunner().invoke(command, [part.format(db=db, text=text) for part in arguments])

    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"people: [" * 30_000, "nested too deep"),
        (b"hosts: 2026-02-30\ntls: 2026-02-30", "tls: "),
        (b"session_hours: " + b"9" * 5_000, "session_hours: "),
        (b"&a {people: *a, secret: *a}", "people: must list at least one person"),
        (b"people: !!python/name:os.system", "people: must list at least one person"),
    ],
    ids=["bytes", "deep", "date", "digits", "itself", "python"],
)
def test_a_team_file_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, written: bytes, why: str
) -> None:
    path = tmp_path / "team.yaml"
    path.write_bytes(written)

    with pytest.raises(ExceptionGroup) as caught:
        team_file.load_team(path)

    assert why in "\n".join(str(fault) for fault in caught.value.exceptions)
