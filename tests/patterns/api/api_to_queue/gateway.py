"""Two ways to a queue of the local cloud.

`post` goes through the local cloud's own API Gateway, which evaluates a part of Velocity: no `#if`, no `#foreach`.
`call` does what API Gateway does with an integration, with a full Velocity engine: it renders the synthesized request
template, sends the form to the local SQS as it is, and renders the answer.
"""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from patternkit.localcloud import LocalCloud
from tests.patterns.api.api_to_queue.conftest import Templates
from tests.patterns.api.api_to_queue.velocity import render


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        body: The body's text.
    """

    status: int
    body: str

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def _exchange(cloud: LocalCloud, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    authority = cloud.certificate_authority
    tls = None if authority is None else ssl.create_default_context(cafile=authority)
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30, context=tls) as answer:
            return Answer(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode())


def signed(
    cloud: LocalCloud,
    service: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    credentials: Credentials | None = None,
) -> dict[str, str]:
    """Sign a request with the credentials of the local cloud's account, or with others, and return its headers."""
    request = AWSRequest("POST", url, data=body, headers=dict(headers))
    of_root = Credentials(cloud.account, cloud.environment()["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials or of_root, service, cloud.region).add_auth(request)
    return dict(request.headers)


def post(
    cloud: LocalCloud,
    api_id: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    sign: bool = True,
    credentials: Credentials | None = None,
    path: str = "messages",
) -> Answer:
    """Send a message through the local cloud's API Gateway."""
    url = f"{cloud.endpoint_url}/restapis/{api_id}/live/_user_request_/{path}"
    sent = {"Content-Type": "application/json", **(headers or {})}
    return _exchange(cloud, url, body, signed(cloud, "execute-api", url, body, sent, credentials) if sign else sent)


def call(
    cloud: LocalCloud,
    queue_url: str,
    templates: Templates,
    body: str,
    *,
    header: Mapping[str, str] | None = None,
    querystring: Mapping[str, str] | None = None,
) -> Answer:
    """Send a message as the synthesized integration says, in place of API Gateway."""
    rendered = render(templates.requests["application/json"], body, header=header, querystring=querystring)
    form = rendered.text.encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    backend = _exchange(cloud, queue_url, form, signed(cloud, "sqs", queue_url, form, sent))
    chosen = next(
        (one for one, pattern in templates.patterns.items() if pattern and re.fullmatch(pattern, str(backend.status))),
        next(one for one, pattern in templates.patterns.items() if pattern is None),
    )
    answer = render(templates.responses[chosen], _as_json(backend.body))
    return Answer(answer.status or int(chosen), answer.text)


def _as_json(answer: str) -> str:
    # The real SQS answers the query protocol in JSON when asked; the local one always in XML of the same shape.
    root = ET.fromstring(answer)
    content = _content(root)
    return json.dumps(content if _name(root) == "ErrorResponse" else {_name(root): content})


def _content(element: ET.Element) -> Any:
    return {_name(child): _content(child) for child in element} if len(element) else element.text or ""


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
