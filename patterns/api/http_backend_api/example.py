from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Environment, Stack
from constructs import Construct

from patterns.api.http_backend_api import HttpBackendApi


class HttpBackendApiStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if "url" not in options:
            given = CfnParameter(
                self,
                "BackendUrl",
                allowed_pattern="https://[^/].*[^/]",
                description="Where the backend answers, by HTTPS",
            )
            options["url"] = given.value_as_string
        self.api = HttpBackendApi(self, "HttpBackendApi", **options)
        CfnOutput(self, "Url", value=self.api.url)
