"""A caller of the API, and what a browser sends to Amazon S3."""

import json
import ssl
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from patternkit.localcloud import Deployment, LocalCloud
from tests.patterns.api.api_to_queue.gateway import Answer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 12


@dataclass(frozen=True)
class Uploader:
    """Asks one API for uploads, in a stack named Uploads."""

    cloud: LocalCloud
    deployment: Deployment
    api: str = "Signed"
    access_key: str | None = None
    secret: str | None = None

    def ask(self, path: str, body: Any = None) -> Answer:
        """Ask the API: with a body by POST, else by GET."""
        api_id = self.deployment.physical_id(f"Uploads/{self.api}/Front/Api")
        url = f"{self.cloud.endpoint_url}/restapis/{api_id}/live/_user_request_/{path}"
        data = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        request = AWSRequest(method, url, data=data or b"", headers={"Content-Type": "application/json"})
        secret = self.secret or self.cloud.environment()["AWS_SECRET_ACCESS_KEY"]
        key = Credentials(self.access_key or self.cloud.account, secret)
        SigV4Auth(key, "execute-api", self.cloud.region).add_auth(request)
        return self.exchange(method, url, data, dict(request.headers))

    def form(self, body: bytes = PNG, kind: str = "image/png") -> dict[str, Any]:
        """Ask for a form for a file."""
        answer = self.ask("uploads", {"name": "a.png", "type": kind, "size": len(body)})
        assert answer.status == 201, answer.body
        return dict(answer.json)

    def send(self, form: Mapping[str, Any], body: bytes, **changed: str) -> Answer:
        """Send a form with a file, as a browser does; fields of it may be changed."""
        fields = {**form["fields"], **changed}
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
        data = b"".join([*parts, head, body, f"\r\n--{boundary}--\r\n".encode()])
        return self.exchange("POST", form["url"], data, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def exchange(self, method: str, url: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send any request."""
        tls = ssl.create_default_context(cafile=self.cloud.certificate_authority)
        request = urllib.request.Request(url, data=data, headers=dict(headers), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=tls) as answer:
                return Answer(answer.status, answer.headers.get("ETag") or answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode())

    def became(self, upload: str) -> tuple[str, str]:
        """Wait until an upload is released or refused; the status and the reason."""

        def look() -> tuple[str, str] | None:
            state = self.ask(f"uploads/{upload}").json
            return (state["status"], state["reason"]) if state["status"] in {"RELEASED", "REFUSED"} else None

        found = self.cloud.wait_for(look, what=f"the check of {upload}")
        assert found is not None
        return found

    @property
    def quarantine(self) -> str:
        """The bucket that files arrive in."""
        return self.deployment.physical_id(f"Uploads/{self.api}/Quarantine")

    @property
    def released(self) -> str:
        """The bucket that checked files go to."""
        return self.deployment.physical_id(f"Uploads/{self.api}/Released")
