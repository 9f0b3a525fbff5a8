"""The limit on guessing, and whose address counts behind a proxy."""

import pytest

from review.auth.client_address import client_address, networks
from review.auth.sign_in_limit import SignInLimit

HERE = networks("127.0.0.1, 10.1.0.0/16")


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("198.51.100.9", [], "198.51.100.9"),
        ("198.51.100.9", ["203.0.113.5"], "198.51.100.9"),  # no proxy of ours: not believed
        ("127.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("127.0.0.1", ["1.2.3.4, 203.0.113.5"], "203.0.113.5"),  # 1.2.3.4 is its own writing
        ("127.0.0.1", ["1.2.3.4", "203.0.113.5, 10.1.2.3"], "203.0.113.5"),  # two proxies
        ("127.0.0.1", ["127.0.0.1, 10.1.9.9"], "127.0.0.1"),  # asked on the proxy itself
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("2001:db8::7", [], "2001:db8::/64"),
        ("::ffff:198.51.100.9", [], "198.51.100.9"),
        (None, ["203.0.113.5"], "unknown"),
    ],
)
def test_the_nearest_stranger_counts(peer: str | None, forwarded: list[str], counted: str) -> None:
    assert client_address(peer, forwarded, HERE) == counted


def test_the_limit_ends_and_counts_addresses() -> None:
    limit = SignInLimit()
    for n in range(20):
        limit.fail(f"name {n}", "10.0.0.1", 1000.0)

    assert limit.wait("another", "10.0.0.1", 1001.0) > 800
    assert limit.wait("another", "10.0.0.2", 1001.0) == 0
    assert limit.wait("another", "10.0.0.1", 1901.0) == 0


def test_who_gets_in_takes_the_failed_tries_back() -> None:
    limit = SignInLimit()
    for n in range(20):
        limit.fail(f"name {n % 5}", "10.0.0.1", 1000.0)
    limit.forgive("name 0", "10.0.0.1")

    assert limit.wait("name 0", "10.0.0.1", 1001.0) == 0
    limit.fail("name 0", "10.0.0.1", 1001.0)
    assert limit.wait("another", "10.0.0.1", 1002.0) > 800


def test_old_failures_are_forgotten() -> None:
    limit = SignInLimit()
    for n in range(10_000):
        limit.fail(f"name {n}", "10.0.0.1", 1000.0)
    limit.fail("rita", "10.0.0.2", 2000.0)

    assert len(limit.failures) == 3


def test_many_machines_share_one_count_for_a_name() -> None:
    limit = SignInLimit()
    for n in range(50):
        limit.fail("rita", f"10.0.0.{n}", 1000.0)

    assert limit.wait("rita", "10.0.1.1", 1001.0) > 800
    assert limit.wait("remy", "10.0.1.1", 1001.0) == 0


def test_a_browser_that_was_in_before_is_not_held_up_by_strangers() -> None:
    limit = SignInLimit()
    for n in range(60):
        limit.fail("rita", f"10.0.0.{n}", 1000.0)

    assert limit.wait("rita", "10.0.1.1", 1001.0, "a known browser") == 0
    for _ in range(5):
        limit.fail("rita", "10.0.1.1", 1002.0, "a known browser")
    assert limit.wait("rita", "10.0.1.1", 1003.0, "a known browser") > 800


def test_a_success_takes_its_own_tries_back() -> None:
    limit = SignInLimit()
    for _ in range(4):
        limit.fail("rita", "10.0.0.1", 1000.0)
    limit.forgive("rita", "10.0.0.1")

    assert limit.wait("rita", "10.0.0.1", 1001.0) == 0
    assert "name rita 10.0.0.1" not in limit.failures
