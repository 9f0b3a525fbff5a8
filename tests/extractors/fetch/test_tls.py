"""TLS is verified: a real handshake with a certificate made for the test."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from model import Outcome
from tests.extractors.newsstand import Newsstand, page


def made_certificate(path: Path, address: str = "127.0.0.1", *, expired: bool = False) -> Path:
    """Signed by itself; valid today unless `expired`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Newsstand")])
    name_of = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))])
    now = datetime.now(UTC) - timedelta(days=30 if expired else 0)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(name_of, critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_certificate(tmp_path_factory.mktemp("tls") / "newsstand.pem")


def client(roots: Path | None = None) -> Client:
    return Client(
        user_agent="Pollwatch",
        gate=HostGate(seconds_between=0),
        allow=("127.0.0.0/8",),
        roots=str(roots) if roots else None,
    )


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    async def story() -> None:
        async with Newsstand({"/": page()}, tls=serving(certificate)) as stand, client() as ours:
            response = await ours.get(f"{stand.url}/")

            assert response.outcome is Outcome.TLS
            assert "certificate" in response.sentence
            assert not stand.requests

    run(story)


def test_a_trusted_certificate_is_read_and_its_connection_kept(certificate: Path) -> None:
    async def story() -> None:
        async with (
            Newsstand({"/": page()}, tls=serving(certificate)) as stand,
            client(certificate) as ours,
        ):
            assert (await ours.get(f"{stand.url}/")).outcome is Outcome.OK
            assert (await ours.get(f"{stand.url}/")).outcome is Outcome.OK
            assert stand.connections == 1

    run(story)


@pytest.mark.parametrize(
    ("address", "expired", "why"),
    [
        ("127.0.0.1", True, "its certificate has expired"),
        ("127.0.0.9", False, "its certificate is for another"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    tmp_path: Path, address: str, expired: bool, why: str
) -> None:
    pem = made_certificate(tmp_path / "made.pem", address, expired=expired)

    async def story() -> None:
        async with Newsstand({"/": page()}, tls=serving(pem)) as stand, client(pem) as ours:
            response = await ours.get(f"{stand.url}/")

        assert response.outcome is Outcome.TLS
        assert why in response.sentence

    run(story)


def test_roots_that_cannot_be_read_are_named(certificate: Path, tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            Newsstand({"/": page()}, tls=serving(certificate)) as stand,
            client(tmp_path / "none.pem") as ours,
        ):
            response = await ours.get(f"{stand.url}/")

        assert response.outcome is Outcome.TLS
        assert "SSL_CERT_FILE" in response.sentence

    run(story)


def test_a_port_that_speaks_plain_http_has_no_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    async def story() -> None:
        for talk in (plain, rude):
            server = await asyncio.start_server(talk, "127.0.0.1", 0)
            async with client() as ours:
                port = server.sockets[0].getsockname()[1]
                response = await ours.get(f"https://127.0.0.1:{port}/")

                assert response.outcome is Outcome.TLS
            server.close()

    run(story)


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    async def story() -> None:
        async with Newsstand({}) as stand:
            port = stand.port
        async with client() as ours:
            response = await ours.get(f"http://127.0.0.1:{port}/")

            assert response.outcome is Outcome.CONNECT

    run(story)
