"""Real nginx and real squid, where they are installed: what they pack, keep, and pass on."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.fetch.transport.proxies import proxies_from
from model import FeedCache, Outcome, Response
from tests.extractors.fetch.test_tls import certificate, serving
from tests.extractors.fetch.transport.servers import client
from tests.extractors.newsstand import Newsstand, page

__all__ = ["certificate"]

pytestmark = pytest.mark.slow  # programs of their own
TEXT = "<html><body>" + "<p>The county counts every ballot twice.</p>" * 200 + "</body></html>"
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log combined;
  {temp}
  default_type text/html;
  gzip on; gzip_types *; gzip_min_length 10; gzip_proxied any;
  server {{ listen 127.0.0.1:{plain}; root {folder}/www; location /moved {{ return 301 /page; }} }}
  server {{
    listen 127.0.0.1:{secure} ssl http2; root {folder}/www;
    ssl_certificate {pem}; ssl_certificate_key {pem};
  }}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
SQUID = """
http_port 127.0.0.1:{port}
http_access allow all
cache deny all
access_log stdio:{folder}/access.log
cache_log {folder}/cache.log
pid_filename {folder}/squid.pid
pinger_enable off
shutdown_lifetime 1 seconds
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """The program, from when it listens on."""
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < until:
            assert program.poll() is None, f"{command[0]} ended with {program.returncode}"
            time.sleep(0.05)
        yield
    finally:
        program.terminate()
        program.wait(20)


@pytest.fixture(scope="module")
def nginx(
    tmp_path_factory: pytest.TempPathFactory, certificate: Path
) -> Iterator[tuple[str, str, Path]]:
    if (program := shutil.which("nginx", path="/usr/sbin:/usr/local/bin:/usr/bin")) is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "www").mkdir()
    (folder / "www" / "page").write_text(TEXT)
    plain, secure = free_port(), free_port()
    temp = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    (folder / "nginx.conf").write_text(
        NGINX.format(folder=folder, plain=plain, secure=secure, pem=certificate, temp=temp)
    )
    with running([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], secure):
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}", folder


def got(url: str, cache: FeedCache | None = None, **options: object) -> Response:
    async def story() -> Response:
        async with client(**options) as ours:
            return await ours.get(url, cache=cache, kind="feed")

    return asyncio.run(story())


def test_nginx_packs_and_its_validators_are_sent_back(nginx: tuple[str, str, Path]) -> None:
    first = got(f"{nginx[0]}/page")
    cache = FeedCache(first.headers["etag"], first.headers["last-modified"])
    again = got(f"{nginx[0]}/page", cache)

    assert first.body == TEXT.encode()
    assert first.headers["content-encoding"] == "gzip"
    assert first.bytes_received < len(first.body) / 10
    assert again.outcome is Outcome.NOT_MODIFIED


def test_nginx_moves_pages_for_good(nginx: tuple[str, str, Path]) -> None:
    response = got(f"{nginx[0]}/moved")

    assert (response.outcome, response.moved_to) == (Outcome.OK, f"{nginx[0]}/page")


def test_nginx_speaks_http_2(nginx: tuple[str, str, Path], certificate: Path) -> None:
    response = got(f"{nginx[1]}/page", roots=str(certificate))

    assert response.body == TEXT.encode(), response.sentence
    assert '"GET /page HTTP/2.0" 200' in (nginx[2] / "access.log").read_text()


@pytest.fixture(scope="module")
def squid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if (program := shutil.which("squid", path="/usr/sbin:/usr/local/bin:/usr/bin")) is None:
        pytest.skip("squid is not installed")
    folder = tmp_path_factory.mktemp("squid")
    ours = [parent for parent in folder.parents if "pytest-of-" in str(parent)]
    for each in (folder, *ours):  # squid runs as another user
        each.chmod(0o777)
    port = free_port()
    (folder / "squid.conf").write_text(SQUID.format(folder=folder, port=port))
    name = f"pollwatch{port}"
    with running([program, "-N", "-n", name, "-f", str(folder / "squid.conf")], port):
        yield f"http://127.0.0.1:{port}"


def test_squid_passes_on_and_private_targets_stay_refused(squid: str) -> None:
    async def story() -> None:
        proxies = proxies_from({}, setting=squid)
        async with Newsstand({"/a": page()}) as stand, client(proxies=proxies) as ours:
            response = await ours.get(f"{stand.url}/a")
            assert response.outcome is Outcome.OK, response.sentence
            assert "via" in stand.requests[0].headers
            for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/"):
                assert (await ours.get(url)).outcome is Outcome.PRIVATE_ADDRESS
            assert stand.paths == ["/a"]

    asyncio.run(story())


def test_squid_tunnels_tls_and_the_certificate_is_still_checked(
    squid: str, certificate: Path
) -> None:
    async def story() -> None:
        proxies = proxies_from({}, setting=squid)
        async with Newsstand({"/a": page()}, tls=serving(certificate)) as stand:
            async with client(proxies=proxies, roots=str(certificate)) as ours:
                assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.OK
            async with client(proxies=proxies) as ours:
                assert (await ours.get(f"{stand.url}/a")).outcome is Outcome.TLS
            assert stand.paths == ["/a"]

    asyncio.run(story())
