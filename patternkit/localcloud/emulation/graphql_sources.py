"""What resolvers of AWS AppSync ask of tables and functions is done as they ask for it.

ministack reads of a request to a table the key and whole attributes: an update without its expression, a write without
its condition, a query as a scan of all. A batch for a function it hands over as a single payload.

https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-dynamodb.html
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-lambda-js.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

_CALLS = {
    "GetItem": "_get_item",
    "PutItem": "_put_item",
    "UpdateItem": "_update_item",
    "DeleteItem": "_delete_item",
    "Query": "_query",
    "Scan": "_scan",
}
_PAGED = {
    "index": "IndexName",
    "limit": "Limit",
    "consistentRead": "ConsistentRead",
    "scanIndexForward": "ScanIndexForward",
}


def do_as_resolvers_ask(appsync: ModuleType) -> None:
    """Make the requests of resolvers what they say.

    Args:
        appsync: ministack's module of AWS AppSync.
    """
    failure, plain = vars(appsync)["_AppSyncResolverError"], vars(appsync)["_ddb_plain"]
    whole, single = vars(appsync)["_ds_dynamodb_in_region"], vars(appsync)["_ds_lambda"]

    def table(api: str, source: Mapping[str, Any], request: Any, context: Any) -> Any:
        asked = request if isinstance(request, Mapping) else {}
        operation = str(asked.get("operation"))
        if operation not in _CALLS:
            return whole(api, source, request, context)
        import ministack.services.dynamodb as dynamodb

        data = call_of(asked, str((source.get("dynamodbConfig") or {}).get("tableName")))
        status, _, body = vars(dynamodb)[_CALLS[operation]](data)
        answer = json.loads(body)
        if status >= 400:
            kind = str(answer.get("__type", "")).rpartition("#")[2]
            raise failure(str(answer.get("message") or answer.get("Message")), f"DynamoDB:{kind}")
        if operation in ("Query", "Scan"):
            last = answer.get("LastEvaluatedKey")
            token = json.dumps(last, sort_keys=True) if last else None
            items = [_item(one, plain) for one in answer["Items"]]
            return {"items": items, "nextToken": token, "scannedCount": answer.get("ScannedCount")}
        if operation == "PutItem":
            return _item(data["Item"], plain)
        return _item(answer.get("Item") or answer.get("Attributes"), plain)

    def function(api: str, source: Mapping[str, Any], request: Any, context: Any) -> Any:
        if not isinstance(request, Mapping) or request.get("operation") != "BatchInvoke":
            return single(api, source, request, context)
        # A batch of one, which AppSync may make as well: fields are resolved one after the other here.
        answers = vars(appsync)["_invoke_lambda_with_event"](source, [request.get("payload")])
        if not isinstance(answers, list) or len(answers) != 1:
            raise failure("a batch must be answered with a list as long", "Lambda:IllegalArgument")
        (one,) = answers
        if isinstance(one, Mapping) and one.get("errorMessage"):
            raise failure(str(one["errorMessage"]), str(one.get("errorType") or "UnknownError"))
        return one["data"] if isinstance(one, Mapping) and "data" in one else one

    vars(appsync)["_ds_dynamodb_in_region"] = table
    vars(appsync)["_DATA_SOURCE_HANDLERS"]["AWS_LAMBDA"] = function


def call_of(request: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Write a resolver's request as the call of Amazon DynamoDB that AWS AppSync makes of it.

    Args:
        request: What a resolver's request handler returned.
        table: The table's name.
    """
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    data: dict[str, Any] = {"TableName": table}

    def expression(part: str, parameter: str) -> None:
        written = request.get(part)
        if isinstance(written, Mapping) and written.get("expression"):
            data[parameter] = written["expression"]
            names.update(written.get("expressionNames") or {})
            values.update(written.get("expressionValues") or {})

    operation = request["operation"]
    if operation == "PutItem":
        data["Item"] = {**(request.get("key") or {}), **(request.get("attributeValues") or {})}
    elif operation in ("GetItem", "UpdateItem", "DeleteItem"):
        data["Key"] = request.get("key") or {}
    expression("update", "UpdateExpression")
    expression("condition", "ConditionExpression")
    expression("query", "KeyConditionExpression")
    expression("filter", "FilterExpression")
    if operation in ("UpdateItem", "DeleteItem"):
        data["ReturnValues"] = "ALL_NEW" if operation == "UpdateItem" else "ALL_OLD"
    data.update({parameter: request[name] for name, parameter in _PAGED.items() if request.get(name) is not None})
    if request.get("nextToken"):
        data["ExclusiveStartKey"] = json.loads(request["nextToken"])
    if names:
        data["ExpressionAttributeNames"] = names
    if values:
        data["ExpressionAttributeValues"] = values
    return data


def _item(item: Mapping[str, Any] | None, plain: Any) -> dict[str, Any] | None:
    return None if item is None else {name: plain(value) for name, value in item.items()}
