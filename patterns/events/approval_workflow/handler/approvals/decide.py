"""Shows what is to be decided, and takes the decision.

Opening the link decides nothing: programs that look for malicious mail open links too.
"""

from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from .answers import tell
from .pages import HEADERS, decided, gone, question, unclear
from .records import APPROVED, REFUSED, Record, Records

app = APIGatewayRestResolver()
_records = Records()
_DECISIONS = {"approve": APPROVED, "refuse": REFUSED}


@app.get("/decision")
def show() -> Response[str]:
    """Show the order and two buttons, or what was decided."""
    record = _records.find(_approval())
    if record is None:
        return _page(410, gone())
    if record.decision is not None:
        return _page(200, decided(record.decision))
    return _page(200, question(record.facts))


@app.post("/decision")
def decide() -> Response[str]:
    """Take the first decision; a second one changes nothing."""
    sent = parse_qs(app.current_event.decoded_body or "").get("decision", [])
    if len(sent) != 1 or sent[0] not in _DECISIONS:
        return _page(400, unclear())
    decision = _DECISIONS[sent[0]]
    record: Record | None = _records.decide(_approval(), decision)
    if record is None or record.decision is None:
        return _page(410, gone())
    if record.decision in _DECISIONS.values():
        # A second click tells it again, in case the first one was cut off before it did.
        tell(record.task_token, record.decision)
    return _page(200 if record.decision == decision else 409, decided(record.decision))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a request that the authorizer let pass.

    Args:
        event: The request.
        context: Lambda's own.

    Returns:
        The answer.
    """
    return app.resolve(event, context)


def _approval() -> str:
    # From the authorizer, which has checked it, and from nowhere else.
    return str(app.current_event.raw_event["requestContext"]["authorizer"]["approval"])


def _page(status: int, body: str) -> Response[str]:
    return Response(status_code=status, content_type="text/html; charset=utf-8", body=body, headers=dict(HEADERS))
