"""The module `cfnresponse`, which CloudFormation puts beside inline code that imports it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
"""

from __future__ import annotations

import json
import os
import ssl
import urllib.request
from typing import Any

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(
    event: dict[str, Any],
    context: Any,
    responseStatus: str,  # noqa: N803 - these are the names that callers give
    responseData: dict[str, Any] | None,  # noqa: N803
    physicalResourceId: str | None = None,  # noqa: N803
    noEcho: bool = False,  # noqa: FBT001, FBT002, N803
    reason: str | None = None,
) -> None:
    """Answer CloudFormation. An answer that cannot be sent is printed and not raised, as in AWS."""
    body = json.dumps(
        {
            "Status": responseStatus,
            "Reason": reason or f"See the details in CloudWatch Log Stream: {context.log_stream_name}",
            "PhysicalResourceId": physicalResourceId or context.log_stream_name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "NoEcho": noEcho,
            "Data": responseData,
        }
    ).encode()
    url = event["ResponseURL"]
    tls = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE")) if url.startswith("https:") else None
    request = urllib.request.Request(url, data=body, method="PUT", headers={"content-type": ""})
    try:
        with urllib.request.urlopen(request, timeout=30, context=tls) as answer:
            print("Status code:", answer.status)
    except Exception as error:
        print("send(..) failed executing http.request(..):", error)
