"""Ways round the address check that attackers publish, each tried at a client that allows nothing."""

import asyncio

import pytest

from extractors.fetch.client import Client
from extractors.fetch.throttle import HostGate
from extractors.fetch.transport.proxies import Proxies
from model import Outcome, Response

LED_TO = {
    "rebind.example": "127.0.0.1",
    "sixth.example": "::1",
    "mapped.example": "::ffff:10.0.0.1",
    "translated.example": "64:ff9b::a9fe:a9fe",
    "tunnelled.example": "2002:7f00:1::",
    "azure.example": "168.63.129.16",
    "metadata.example": "169.254.169.254",
    "nowhere.example": "0.0.0.0",
    "shared.example": "100.64.0.1",
    "127.0.0.1.paper.example": "127.0.0.1",
}


def asked(url: str) -> Response:
    async def story() -> Response:
        async with Client(
            user_agent="Pollwatch",
            gate=HostGate(seconds_between=0),
            lookup=lambda host, port: [LED_TO[host]],
            proxies=Proxies(),
        ) as ours:
            return await ours.get(url)

    return asyncio.run(story())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.000.000.001/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[2001:0:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://169.254.169.254/",
        "http://169.254.169.254./",
        "http://[::ffff:169.254.169.254]/",
        "http://168.63.129.16/",
        "http://0xa83f8110/",
        "http://2822734096/",
        "http://[::ffff:168.63.129.16]/",
        "http://[64:ff9b::a83f:8110]/",
        "http://[2002:a83f:8110::]/",
        "http://100.100.100.200/",
        "http://192.0.0.192/",
        "http://metadata.google.internal/",
        "http://METADATA.google.internal./",
        "http://metadata/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://foo.localhost/",
        "http://user@127.0.0.1/",
        "http://good.example@127.0.0.1/",
        "http://127.0.0.1#@good.example/",
        "http://127。0。0。1/",
        "http://①②⑦.0.0.1/",
        "http://ⓛocalhost/",
        "http://10.1/",
        "http://192.168.257/",
        "http://172.16.0.1/",
        "http://100.64.0.1/",
        "http://198.18.0.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://240.0.0.1/",
        "http://192.88.99.1/",
        "http://[ff02::1]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[100::1]/",
        "https://127.0.0.1/",
        "http://[::1]:8080/",
        "http://①⑥⑧.63.129.16/",
        "http://0250.077.0201.020/",
    ],
)
def test_a_private_address_is_seen_however_it_is_written(url: str) -> None:
    assert asked(url).outcome is Outcome.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@good.example/",
        "http://good.example\\@127.0.0.1/",
        "http://127%2e0%2e0%2e1/",
        "http://%31%32%37.0.0.1/",
        "http:///127.0.0.1/",
        "http:127.0.0.1/",
        "//127.0.0.1/",
        "http://10.0.0.1:80:80/",
        "http://good.example:22/",
        "http://good.example:0/",
        "http://good.example:99999/",
        "gopher://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
def test_what_readers_of_addresses_disagree_on_is_never_asked(url: str) -> None:
    assert asked(url).outcome is Outcome.BAD_URL


@pytest.mark.parametrize("host", LED_TO)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_inside_is_refused(scheme: str, host: str) -> None:
    response = asked(f"{scheme}://{host}/")

    assert response.outcome is Outcome.PRIVATE_ADDRESS
    assert "not on the public internet" in response.sentence
