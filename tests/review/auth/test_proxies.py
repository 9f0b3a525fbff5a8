"""The samples of docs/operations.md, each run by the real proxy before a real review server."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import containers
from tests.extractors.fetch.test_tls import made_certificate
from tests.review.conftest import PASSWORD, SECRET

pytestmark = pytest.mark.slow
OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"
HOST = "review.newsroom.example"
NGINX = "daemon off;\nmaster_process off;\npid {0}/nginx.pid;\nerror_log {0}/nginx.log;\nevents {{}}\nhttp {{\naccess_log off;\n{1}\n{2}\n}}\n"
TEMPORARY = "\n".join(
    f"{name}_temp_path {{0}}/{name};"
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
CADDY = "{{\nadmin off\nauto_https disable_redirects\nstorage file_system {0}/caddy\n}}\n{1}"


@dataclass(frozen=True)
class Proxy:
    url: str
    net: str  # its visitors' addresses begin so: the review server counts over all proxies


NETS = {"nginx": "127.0.1", "Caddy": "127.0.2"}


def sample(proxy: str) -> str:
    marked = rf"<!-- a test runs {proxy} with this -->\n```\w*\n(.*?)```"
    (block,) = re.findall(marked, OPERATIONS.read_text("utf-8"), re.S)
    return str(block)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def review_port(
    original: Path, hashed: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("behind")
    db = shutil.copy(original, folder / "pollwatch.db")
    (settings,) = re.findall(r"```yaml\n(hosts: .*?)```", OPERATIONS.read_text("utf-8"), re.S)
    people = f"people:\n- {{id: rita, role: reviewer, password: {hashed}}}\n"
    (folder / "team.yaml").write_text(f"secret: {SECRET}\n{settings}{people}")
    server = subprocess.Popen(
        [*containers.command("review"), "--port", "0", "--db", db],  # it finds team.yaml here
        cwd=folder, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    line_printed = server.stdout.readline()
    yield int(re.findall(r"127\.0\.0\.1:(\d+)/pollwatch/", line_printed)[0])
    server.terminate()
    server.wait(30)
    server.stdout.close()


def configured(proxy: str, folder: Path, listening: int, review: int) -> list[str]:
    """The command that runs the proxy with the sample, its ports and its certificate made to fit."""
    certificate = made_certificate(folder / "certificate.pem")
    text = sample(proxy).replace("/etc/pollwatch/certificate.pem", str(certificate))
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{review}")
    folder_of_proxy = folder / proxy
    if proxy == "nginx":
        text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{listening} ssl")
        folder_of_proxy.write_text(NGINX.format(folder, TEMPORARY.format(folder), text))
        return ["nginx", "-p", str(folder), "-c", str(folder_of_proxy)]
    text = text.replace(HOST, f"{HOST}:{listening}", 1)
    folder_of_proxy.write_text(CADDY.format(folder, text))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder_of_proxy)]


@pytest.fixture(
    params=[
        pytest.param(
            proxy,
            marks=pytest.mark.skipif(
                shutil.which(proxy.lower()) is None, reason=f"no {proxy} on this machine"
            ),
        )
        for proxy in NETS
    ]
)
def proxy(request: pytest.FixtureRequest, review_port: int, tmp_path: Path) -> Iterator[Proxy]:
    listening = free_port()
    command = configured(request.param, tmp_path, listening, review_port)
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(tmp_path), "PATH": "/usr/sbin:/usr/bin:/bin"})  # fmt: skip
        try:
            wait_for(listening)
            yield Proxy(f"https://127.0.0.1:{listening}", NETS[request.param])
        finally:
            started.terminate()
            started.wait(30)


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}")


class Visitor:
    """A browser at an address of its own on loopback, which the proxy sees."""

    def __init__(self, proxy: str, local: str) -> None:
        transport = httpx.HTTPTransport(verify=False, local_address=local)
        headers = {"host": HOST, "accept": "text/html", "origin": f"https://{HOST}"}
        self.browser = httpx.Client(base_url=proxy, transport=transport, headers=headers)
        self.sni = {"sni_hostname": HOST}

    def get(self, path: str) -> httpx.Response:
        return self.browser.get(path, extensions=self.sni)

    def sign_in(self, password: str, **headers: str) -> httpx.Response:
        form = self.get("/pollwatch/-/sign-in").text
        token = form.partition('name="csrftoken" value="')[2].partition('"')[0]
        data = {"name": "rita", "password": password, "csrftoken": token}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post("/pollwatch/-/sign-in", data=data, headers=named, extensions=self.sni)  # fmt: skip


def test_a_forged_address_gains_no_guess_and_locks_out_nobody(proxy: Proxy) -> None:
    attacker, rita = Visitor(proxy.url, f"{proxy.net}.2"), Visitor(proxy.url, f"{proxy.net}.3")

    codes = [
        attacker.sign_in(f"guess {n}", x_forwarded_for=f"203.0.113.{n}").status_code
        for n in range(40)
    ]
    welcome = rita.sign_in(PASSWORD)

    assert codes == [403] * 5 + [429] * 35
    assert (welcome.status_code, welcome.headers["location"]) == (303, "/pollwatch/-/queue")
    session = welcome.headers.get_list("set-cookie")[0]
    assert "; Path=/pollwatch/;" in session.replace("path=", "Path=")
    assert "; Secure" in session
    queue = rita.get("/pollwatch/-/queue")
    assert queue.status_code == 200
    assert 'href="/pollwatch/-/story/' in queue.text
