"""Why a certificate or a handshake is refused, in words that tell whom to write to."""

import pytest

from extractors.fetch.transport.connection_faults import tls_fault


@pytest.mark.parametrize(
    ("number", "text", "verified", "why"),
    [
        (60, "SSL certificate problem: certificate has expired", 10, "its certificate has expired"),
        (
            60,
            "SSL certificate problem: CA signature digest algorithm too weak",
            68,
            "its certificate is signed with a hash that is broken, such as SHA-1",
        ),
        (
            60,
            "SSL certificate problem: EE certificate key too weak",
            66,
            "the key of its certificate is too short",
        ),
        (
            60,
            "SSL: no alternative certificate subject name matches",
            0,
            "its certificate is for another name",
        ),
        (
            35,
            "TLS connect error: error:0A000126:SSL routines::unexpected eof while reading",
            0,
            "it breaks off the handshake, as servers do that speak only versions older than TLS 1.2",
        ),
        (
            35,
            "TLS connect error: error:0A000152:SSL routines::unsafe legacy renegotiation disabled",
            0,
            "unsafe legacy renegotiation disabled",
        ),
    ],
    ids=["expired", "sha-1", "short key", "name", "old version", "other"],
)
def test_a_refusal_is_named_plainly(number: int, text: str, verified: int, why: str) -> None:
    assert str(tls_fault(number, text, verified)) == why
