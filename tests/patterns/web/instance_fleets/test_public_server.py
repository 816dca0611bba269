"""The script of an instance: linted as it arrives, and its example run as far as it goes without systemd."""

import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patterns.web.dns_balanced_instances.handler.registrar.answering import answers
from patterns.web.instance_fleets.public_server import user_data
from tests.patterns.web.servers import free_port, self_signed
from tests.patterns.web.shell import lint


@pytest.mark.parametrize("application", [None, "dnf install --assumeyes nginx"])
def test_the_script_is_sound(application: str | None) -> None:
    assert lint(user_data(application, 443)) == ""


def test_it_says_the_port_before_the_application_starts() -> None:
    assert user_data("start-it", 8443) == "#!/bin/bash\nset -euo pipefail\nexport APPLICATION_PORT=8443\nstart-it\n"


def test_the_example_answers_the_registrars_check(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    script = user_data(None, 443)
    program = tmp_path / "web.py"
    served = script.split("<<'PYTHON'\n")[1].split("\nPYTHON\n")[0]
    program.write_text(served.replace("/srv/web", str(tmp_path)), encoding="utf-8")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for name in ("certificate", "key"):
        (credentials / name).write_bytes(certificate.read_bytes())
    port = free_port()
    environment = {"CREDENTIALS_DIRECTORY": str(credentials), "PORT": str(port)}
    with subprocess.Popen([sys.executable, str(program)], env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 20
            while not answers("127.0.0.1", port, "/web.py") and time.monotonic() < deadline:
                time.sleep(0.05)
            assert answers("127.0.0.1", port, "/web.py")
            assert not answers("127.0.0.1", port, "/missing")
            assert "BEGIN" in ssl.get_server_certificate(("127.0.0.1", port))
        finally:
            server.kill()
