"""The server's process: started in a group and an environment of its own, and always ended."""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import importlib.util
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from patternkit.localcloud.errors import StartFailed
from patternkit.localcloud.polling import polls
from patternkit.temporary import TemporaryFolder

HOST = "127.0.0.1"
MINISTACK = "1.5.33"
"""The release whose inner parts `embedded` adds to."""
ATTEMPTS = 5
"""Starts that are tried when another process takes the port in between."""
END_OF_FUNCTIONS = 5.0
"""Seconds that the server has to end what its functions started."""
LOG_TAIL = 4000
"""Characters of the server's log that an error shows."""


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A running ministack.

    Attributes:
        port: Where it listens, on the loopback interface only.
        directory: Its private directory: home, temporary files, log. Removed when it stops.
        reads: What ministack read of the templates, one JSON record a line (see `embedded`).
        authority: The certificate authority that its clients must trust, with TLS; otherwise None.
        secret: The secret access key of this run, for the access key of any account.
    """

    def __init__(
        self, *, account: str, region: str, enforce_iam: bool, tls: bool, origins: tuple[str, ...], deadline: float
    ) -> None:
        for module in ("ministack", "boto3", *(["trustme"] if tls else [])):
            # ministack's own functions need boto3 beside it: without it custom resources never answer.
            if importlib.util.find_spec(module) is None:
                raise StartFailed(
                    f"the local cloud needs the package {module}: pip install 'cdk-pattern-catalog[local]'"
                )
        if (installed := importlib.metadata.version("ministack")) != MINISTACK:
            raise StartFailed(f"the local cloud needs ministack {MINISTACK}, {installed} is installed")
        self._folder = TemporaryFolder()
        self.directory = self._folder.path
        self.reads = self.directory / "reads.jsonl"
        self.authority: Path | None = None
        self.port = 0
        self.secret = secrets.token_urlsafe(30)
        self._account = account
        self._log = self.directory / "server.log"
        self._settings = self._environment(account=account, region=region, enforce_iam=enforce_iam, tls=tls)
        if origins:
            self._settings["PATTERNKIT_ORIGINS"] = " ".join(origins)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._start(time.monotonic() + deadline, deadline)
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return f"{'https' if self.authority else 'http'}://{HOST}:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def process_group(self) -> int | None:
        """The id of the process group that the server and its handlers run in."""
        return self._process.pid if self._process else None

    def key_file(self, account: str) -> Path:
        """Return a file for `curl --config` with the key of an account, which only its owner can read."""
        path = self.directory / f"curl-{account}"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(f'silent\nshow-error\nuser = "{account}:{self.secret}"\n', encoding="ascii")
        return path

    def log_tail(self) -> str:
        """Return the end of the server's log."""
        if not self._log.exists():
            return ""
        return self._log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]

    def stop(self) -> None:
        """End the server and every handler, and remove its directory. May be called again.

        By SIGKILL: it holds nothing worth saving, and SIGTERM does not end it while a custom resource is pending. The
        closed pipe has it end first what its functions started, also what has left the process group.
        """
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_OF_FUNCTIONS)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._folder.remove()

    def _environment(self, *, account: str, region: str, enforce_iam: bool, tls: bool) -> dict[str, str]:
        # Handlers inherit all of this: nothing of the host's own environment is in it.
        home, temporary = self.directory / "home", self.directory / "tmp"
        home.mkdir()
        temporary.mkdir()
        environment = {
            # Beside the interpreter is where Node is, if it came from PyPI.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            # Never beside the code: what lies in a handler's folder is deployed.
            **({"PYTHONPYCACHEPREFIX": prefix} if (prefix := sys.pycache_prefix) else {"PYTHONDONTWRITEBYTECODE": "1"}),
            "PYTHONUNBUFFERED": "1",
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "MINISTACK_ACCOUNT_ID": account,
            "MINISTACK_REGION": region,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": str(home / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "STATE_DIR": str(self.directory / "state"),
            "S3_DATA_DIR": str(self.directory / "s3"),
            # These listen on fixed ports, where a second server would collide.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # What needs containers is refused alike on every machine, with or without Docker.
            "DOCKER_HOST": f"unix://{self.directory}/no-docker",
            "AUTH": str(enforce_iam).lower(),
        }
        if tls:
            environment |= self._certify()
        return environment

    def _certify(self) -> dict[str, str]:
        import trustme

        authority = trustme.CA()
        certificate = authority.issue_cert(HOST, "localhost")
        self.authority = self.directory / "authority.pem"
        chain, key = self.directory / "certificate.pem", self.directory / "key.pem"
        authority.cert_pem.write_to_path(self.authority)
        certificate.private_key_pem.write_to_path(key)
        for index, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(chain, append=index > 0)
        key.chmod(0o600)
        trusted = str(self.authority)
        return {
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(chain),
            "MINISTACK_SSL_KEY": str(key),
            "AWS_CA_BUNDLE": trusted,
            "REQUESTS_CA_BUNDLE": trusted,
            "SSL_CERT_FILE": trusted,
            "NODE_EXTRA_CA_CERTS": trusted,
        }

    def _start(self, end: float, deadline: float) -> None:
        for _ in range(ATTEMPTS):
            self.port = free_port()
            # Proves that whoever answers on the port is this server, not another that took it in between.
            token = secrets.token_hex(8)
            self._launch(token)
            for left in polls(end - time.monotonic()):
                if self._answers(token, timeout=max(min(left, 2.0), 0.1)):
                    return
                if not self.running:
                    break
            else:
                raise StartFailed(f"the local cloud was not ready within {deadline:g} seconds", detail=self.log_tail())
            self._reap()
            log = self.log_tail().lower()
            if "already in use" not in log and "address in use" not in log:
                raise StartFailed("the local cloud ended while it started", detail=self.log_tail())
        raise StartFailed(f"the local cloud found its port taken {ATTEMPTS} times in a row", detail=self.log_tail())

    def _launch(self, token: str) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                # -P keeps this package's folder out of the handlers' and the server's module path.
                [sys.executable, "-P", str(Path(__file__).with_name("embedded.py")), str(self.reads)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env={**self._settings, "GATEWAY_PORT": str(self.port), "MINISTACK_EDITION": token},
                start_new_session=True,
            )

    def _reap(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _answers(self, token: str, *, timeout: float) -> bool:
        connection: http.client.HTTPConnection
        if self.authority:
            context = ssl.create_default_context(cafile=str(self.authority))
            connection = http.client.HTTPSConnection(HOST, self.port, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=timeout)
        try:
            health = AWSRequest("GET", f"{self.url}/_ministack/health")
            SigV4Auth(Credentials(self._account, self.secret), "health", self._settings["AWS_DEFAULT_REGION"]).add_auth(
                health
            )
            connection.request("GET", "/_ministack/health", headers=dict(health.headers.items()))
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return bool(answer.get("edition") == token)
