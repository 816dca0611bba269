"""Every call that code makes through botocore, held to a role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.signers import RequestSigner, S3PostPresigner

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.calls import Call, request_context, requests
from patternkit.testing.permissions.customer_keys import key_requests
from patternkit.testing.permissions.errors import NotModelled
from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation, Role, evaluate
from patternkit.testing.permissions.statements import Request

_MISSING = {"404", "NoSuchKey", "NoSuchVersion"}


class Recorder:
    """Judges what a role asks for, and keeps the answers.

    Args:
        account: The account.
        role: The role.
        known_policies: Resource policies of what the templates do not make.
    """

    def __init__(self, account: Account, role: Role, resource_policy: Callable[[str], Any]) -> None:
        self.account = account
        self.role = role
        self.evaluations: list[Evaluation] = []
        self.calls = 0
        self.enforcing = False
        self._resource_policy = resource_policy

    def evaluate(self, wanted: list[Request], *, operation: str = "") -> list[Evaluation]:
        """Judge requests and what they need of customers' keys.

        Args:
            wanted: The requests.
            operation: The call that makes them. Default: none.

        Returns:
            The answers that are no allowance.
        """
        refused = []
        for request in wanted:
            try:
                needed = [request, *key_requests(request, self.account, operation=operation)]
            except NotModelled as gap:
                needed = [request]
                refused.append(self.not_evaluated(request.because, gap))
            for one in needed:
                answer = evaluate(one, self.role, self._resource_policy)
                self.evaluations.append(answer)
                if answer.decision is not AccessDecision.ALLOWED:
                    refused.append(answer)
        return refused

    def not_evaluated(self, because: str, gap: NotModelled) -> Evaluation:
        """Keep something that is not modelled.

        Args:
            because: What asks for it.
            gap: What is not modelled.

        Returns:
            The answer.
        """
        answer = Evaluation(Request("?", "?", {}, because), AccessDecision.NOT_EVALUATED, f"{gap} is not modelled")
        self.evaluations.append(answer)
        return answer

    def call(self, client: Any, operation: str, parameters: dict[str, Any], proceed: Callable[[], Any]) -> Any:
        """Judge a call; let it go on unless it is denied.

        Args:
            client: The botocore client.
            operation: The operation's name.
            parameters: What it was given.
            proceed: Makes the call.

        Returns:
            What the call answers.

        Raises:
            ClientError: As AWS denies a call.
        """
        model, meta = client.meta.service_model, client.meta
        secure = meta.endpoint_url.startswith("https://")
        call = Call(model.signing_name, operation, parameters, meta.region_name, secure, meta.endpoint_url)
        self.calls += 1
        # What is looked up of the account to know what the call needs is no call of the handler.
        self.enforcing = False
        try:
            wanted = requests(call, self.account, self.role.arn)
            self._hold(call, self.evaluate(wanted, operation=operation))
        except NotModelled as gap:
            self.not_evaluated(f"the handler calls {call}", gap)
        finally:
            self.enforcing = True
        try:
            return proceed()
        except ClientError as error:
            if call.service == "s3" and error.response["Error"]["Code"] in _MISSING:
                self._missing_object(call)
            raise

    def _missing_object(self, call: Call) -> None:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: 404 only to who may list the bucket.
        if call.operation not in ("GetObject", "HeadObject"):
            return
        bucket = f"arn:{self.account.partition}:s3:::{call.parameters['Bucket']}"
        # Which prefix the check is made with is not documented.
        context = request_context(self.account, self.role.arn)
        why = "S3 answers 404 for a missing object only to who may list the bucket, and else 403"
        self._hold(call, self.evaluate([Request("s3:ListBucket", bucket, context, why)]))

    def _hold(self, call: Call, refused: list[Evaluation]) -> None:
        denied = [one for one in refused if one.decision is AccessDecision.DENIED]
        if denied:
            code = "AccessDenied" if call.service == "s3" else "AccessDeniedException"
            raise ClientError(
                {
                    "Error": {"Code": code, "Message": str(denied[0])},
                    "ResponseMetadata": {
                        "HTTPStatusCode": 403,
                        "RequestId": "",
                        "HostId": "",
                        "HTTPHeaders": {},
                        "RetryAttempts": 0,
                    },
                },
                call.operation,
            )


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Hand every botocore call of this process to a recorder, while it is enforcing.

    Clients are caught whenever and however they were made. A request that code signs and sends by itself is not.

    Args:
        recorder: The recorder.

    Yields:
        Nothing.
    """
    original = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def make_api_call(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        if not recorder.enforcing:
            return original(client, operation_name, api_params)
        return recorder.call(client, operation_name, api_params, lambda: original(client, operation_name, api_params))

    def presigning(sign: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*given: Any, **named: Any) -> Any:
            if recorder.enforcing:
                gap = NotModelled("a URL that is signed now and used later, with this role's permissions,")
                recorder.not_evaluated("the handler signs a URL", gap)
            return sign(*given, **named)

        return recorded

    with (
        patch.object(BaseClient, "_make_api_call", make_api_call),
        patch.object(RequestSigner, "generate_presigned_url", presigning(RequestSigner.generate_presigned_url)),
        patch.object(S3PostPresigner, "generate_presigned_post", presigning(S3PostPresigner.generate_presigned_post)),
    ):
        yield
