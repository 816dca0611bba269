"""Cross-origin requests of browsers to an API."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len
from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_apigateway as apigateway

from patterns.building_blocks.bounds import Known, Matches, Passes


def check_origins(argument: str, origins: Sequence[str]) -> None:
    """Refuse every origin beside named ones.

    Args:
        argument: The argument's own name.
        origins: The origins whose pages may call.

    Raises:
        ValueError: If `*` is one of several.
    """
    if "*" in origins and len(origins) > 1:
        raise ValueError(f"{argument} must be * alone or origins without it, got {', '.join(origins)}")


Origins = Annotated[
    Sequence[
        Annotated[
            str, Matches(r"\*|https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?", "origins, as https://www.example.com, or *")
        ]
    ],
    Len(0, 20),
    Known("what preflights are answered"),
    Passes(check_origins, "* alone"),
]
"""Origins whose pages may call an API."""

_HEADERS = ["Authorization", "Content-Type", "X-API-Key", "X-Amz-Date", "X-Amz-Security-Token"]


def answer_preflights(resource: apigateway.IResource, origins: Sequence[str]) -> None:
    """Answer a browser's preflight without asking who is calling: it carries no credentials.

    Args:
        resource: The resource.
        origins: The origins whose pages may call it.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
    """
    method = resource.add_cors_preflight(
        allow_origins=list(origins),
        allow_headers=_HEADERS,
        allow_methods=apigateway.Cors.ALL_METHODS,
        max_age=Duration.hours(1),
    )
    reason = "A browser sends a preflight without credentials, and the answer says only which origins may call."
    Validations.of(method).acknowledge(
        Acknowledgment(id="AwsSolutions::AwsSolutions-APIG4", reason=reason),
        Acknowledgment(id="AwsSolutions::AwsSolutions-COG4", reason=reason),
    )


def error_headers(origins: Sequence[str]) -> dict[str, str] | None:
    """The header by which a page may read the errors that API Gateway answers.

    Args:
        origins: The origins whose pages may call the API.

    Returns:
        The header; None where there is no origin, or more than one: the header is constant and names one.
    """
    return {"Access-Control-Allow-Origin": f"'{origins[0]}'"} if len(origins) == 1 else None
