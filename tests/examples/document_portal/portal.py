"""The document portal in the local cloud, and people who use it."""

import base64
import http.server
import json
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito

from examples.document_portal import app as portal_app
from examples.document_portal.api import Api
from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.graphql_access import Answer, Caller, DynamoDbSource, GraphqlAccess
from patternkit.testing.synthesis import Synthesis

CONTAINER = Path(portal_app.__file__).parent / "extraction_container"
"""What is in the image: a package, and what it needs."""
PASSWORD = "Secret-123456-and-more"


def with_sign_in(app: cdk.App) -> None:
    """The application, with a client that signs in by a password alone: the local cloud has no second factor."""
    (api,) = [one for one in portal_app.build(app) if isinstance(one, Api)]
    pool = cast(cognito.UserPool, api.people)
    pool.add_client("Tests", auth_flows=cognito.AuthFlow(user_password=True))
    resource = pool.node.default_child
    assert isinstance(resource, cognito.CfnUserPool)
    resource.mfa_configuration, resource.enabled_mfas = "OFF", None


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % one for one in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return body + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


@dataclass
class Person:
    """Somebody who has signed in: their token, and who it says that they are."""

    token: str

    @property
    def caller(self) -> Caller:
        part = self.token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        groups = claims.get("cognito:groups") or []
        return Caller.in_groups(*groups, username=str(claims["cognito:username"]), sub=str(claims["sub"]))


@dataclass
class Portal:
    """The deployed application."""

    cloud: LocalCloud
    stacks: Mapping[str, Deployment]
    access: GraphqlAccess
    announced: list[dict[str, Any]] = field(default_factory=list)

    @property
    def table(self) -> str:
        return self.stacks["PortalDocuments"].outputs["DocumentsTable"]

    def of_reader(self, part: str) -> str:
        return self.stacks["PortalExtraction"].physical_id(f"Reader/{part}")

    def sign_in(self, name: str, *groups: str) -> Person:
        """Invite somebody and sign them in."""
        pools, pool = self.cloud.client("cognito-idp"), self.stacks["PortalApi"].outputs["People"]
        address = f"{name}@example.com"
        pools.admin_create_user(UserPoolId=pool, Username=address, TemporaryPassword=PASSWORD)
        pools.admin_set_user_password(UserPoolId=pool, Username=address, Password=PASSWORD, Permanent=True)
        for one in groups:
            pools.admin_add_user_to_group(UserPoolId=pool, Username=address, GroupName=one)
        signed = pools.initiate_auth(
            ClientId=self.stacks["PortalApi"].physical_id("Graphql/Users/Pool/Tests"),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": address, "PASSWORD": PASSWORD},
        )
        return Person(signed["AuthenticationResult"]["IdToken"])

    def ask(self, person: Person | None, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the API that signs uploads."""
        api = self.stacks["PortalUploads"].physical_id("Uploads/Front/Api")
        headers = {"Content-Type": "application/json"}
        if person is not None:
            headers["Authorization"] = person.token
        url = f"{self.cloud.endpoint_url}/restapis/{api}/live/_user_request_/{path}"
        status, answered = self.send(url, None if body is None else json.dumps(body).encode(), headers)
        return status, json.loads(answered)

    def upload(self, person: Person, name: str, body: bytes, kind: str = "application/pdf") -> str:
        """Upload a document as a browser does, and wait until it is checked; its id."""
        asked = {"name": name, "type": kind, "size": len(body)}
        status, answer = self.ask(person, "uploads", asked)
        assert status == 201, answer
        assert self.send(*filled(answer["form"], body))[0] == 204
        return str(answer["upload"])

    def became(self, person: Person, document: str) -> tuple[str, str]:
        """Wait until an upload is checked; its status, and the reason."""

        def look() -> tuple[str, str] | None:
            state = self.ask(person, f"uploads/{document}")[1]
            return (state["status"], state["reason"]) if state["status"] in {"RELEASED", "REFUSED"} else None

        found = self.cloud.wait_for(look, what=f"the check of {document}")
        assert found is not None
        return found

    def task_for(self, document: str) -> dict[str, str]:
        """What the task for a document was started with, once it was."""
        ecs, cluster = self.cloud.client("ecs"), self.of_reader("Cluster")

        def look() -> dict[str, str] | None:
            arns = ecs.list_tasks(cluster=cluster)["taskArns"]
            for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []:
                [override] = task["overrides"]["containerOverrides"]
                told = {one["name"]: one["value"] for one in override["environment"]}
                if told["OBJECT_KEY"].endswith(document):
                    return told
            return None

        return dict(self.cloud.wait_for(look, what=f"the task for {document}", deadline=60))

    def read(self, told: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run the container's program with what its task definition and its task say."""
        ecs = self.cloud.client("ecs")
        [container] = ecs.describe_task_definition(taskDefinition=self.of_reader("Task"))["taskDefinition"][
            "containerDefinitions"
        ]
        defined = {one["name"]: one["value"] for one in container["environment"]}
        return subprocess.run(
            [sys.executable, "-m", "extraction.program"],
            cwd=CONTAINER,
            env={**self.cloud.environment(), **defined, **told},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def run(self, person: Person | Caller, query: str, **variables: Any) -> Answer:
        """Run an operation as AWS AppSync does for them, against the table and the function of the local cloud."""
        caller = person.caller if isinstance(person, Person) else person
        named = {one.handlers.source for one in self.access.resolvers.values()} - {""}
        (table,) = [one for one in named if "Table" in one]
        (function,) = [one for one in named if "Function" in one]
        sources: dict[str, Callable[..., Any]] = {
            table: DynamoDbSource(self.cloud.client("dynamodb"), self.table),
            function: self._links,
        }
        return self.access.run(query, caller, variables=variables, sources=sources)

    def told(self, document: str, status: str) -> dict[str, Any]:
        """Wait until a change of a document is announced; what subscribers may be told."""

        def look() -> dict[str, Any] | None:
            found = [one for one in list(self.announced) if (one["id"], one["status"]) == (document, status)]
            return found[0] if found else None

        return dict(self.cloud.wait_for(look, what=f"{document} to be announced as {status}", deadline=60))

    def send(self, url: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Send a request; the status and the body of the answer."""
        tls = ssl.create_default_context(cafile=self.cloud.certificate_authority)
        request = urllib.request.Request(url, data=data, headers=dict(headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=60, context=tls) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def texts(self) -> dict[str, str]:
        """The texts that were read, by their keys."""
        client, bucket = self.cloud.client("s3"), self.of_reader("Results")
        found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {one["Key"]: client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode() for one in found}

    def _links(self, event: list[dict[str, Any]]) -> Any:
        name = self.stacks["PortalApi"].physical_id("Files/Links/Function")
        answer = self.cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        assert not answer.get("FunctionError")
        return json.loads(answer["Payload"].read())

    @contextmanager
    def announcing_here(self) -> Iterator[None]:
        """Answer the function that announces as AWS AppSync does: the local cloud's asks no directive."""
        portal = self

        class Api(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                signed = "/appsync/aws4_request" in self.headers.get("Authorization", "")
                caller = Caller.iam() if signed else Caller.api_key()
                answer = portal.run(caller, asked["query"], **asked["variables"])
                if not answer.errors and answer.data and answer.data["announce"]:
                    portal.announced.append(answer.data["announce"])
                body = json.dumps({"data": answer.data, "errors": list(answer.errors)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            client = self.cloud.client("lambda")
            function = self.stacks["PortalApi"].physical_id("Stream/Announce/Work/Function")
            variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
            variables["GRAPHQL_URL"] = f"http://127.0.0.1:{server.server_port}/graphql"
            client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
            yield
            server.shutdown()


@contextmanager
def deployed(assembly: Synthesis) -> Iterator[Portal]:
    """Deploy all stacks, with permissions enforced."""
    with LocalCloud.start(enforce_iam=True) as cloud:
        stacks = {one.stack_name: one for one in cloud.deploy_all(assembly.directory)}
        portal = Portal(cloud, stacks, GraphqlAccess.of(assembly.templates["PortalApi"]))
        with portal.announcing_here():
            yield portal


def filled(form: Mapping[str, Any], body: bytes) -> tuple[str, bytes, dict[str, str]]:
    """A form with a file, as a browser sends it: where to, the body and the headers."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form["fields"].items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
    data = b"".join([*parts, head, body, f"\r\n--{boundary}--\r\n".encode()])
    return form["url"], data, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
