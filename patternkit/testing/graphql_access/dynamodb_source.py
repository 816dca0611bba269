"""A table behind a resolver: the requests that resolvers make, made of a client."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.testing.graphql_access.errors import GraphqlAccessError, ResolverError


@dataclass(frozen=True, slots=True)
class DynamoDbSource:
    """A table as the data source of resolvers: of the local cloud, of moto, of an account for tests.

    Attributes:
        client: A client of Amazon DynamoDB.
        table: The table's name.
    """

    client: Any
    table: str

    def __call__(self, request: Mapping[str, Any]) -> Any:
        """Do what a request says.

        Args:
            request: What a request handler returned.

        Returns:
            What the response handler sees as `ctx.result`.

        Raises:
            ResolverError: If the table refuses it.
            GraphqlAccessError: If the operation is not known here.
        """
        from botocore.exceptions import ClientError

        operation = str(request.get("operation"))
        done = getattr(self, f"_{operation.lower()}", None)
        if done is None:
            raise GraphqlAccessError(f"the operation {operation} of a table is not stood in for here")
        try:
            return done(request)
        except ClientError as error:
            told = error.response["Error"]
            raise ResolverError(str(told.get("Message")), f"DynamoDB:{told['Code']}") from None

    def _getitem(self, request: Mapping[str, Any]) -> Any:
        asked = {"ConsistentRead": True} if request.get("consistentRead") else {}
        answer = self.client.get_item(TableName=self.table, Key=request["key"], **asked)
        return _plain_item(answer.get("Item"))

    def _putitem(self, request: Mapping[str, Any]) -> Any:
        item = {**request["key"], **request.get("attributeValues", {})}
        self.client.put_item(TableName=self.table, Item=item, **_condition(request))
        return _plain_item(item)

    def _updateitem(self, request: Mapping[str, Any]) -> Any:
        update, condition = _expression(request["update"]), _condition(request)
        names = {**update["names"], **condition.pop("ExpressionAttributeNames", {})}
        values = {**update["values"], **condition.pop("ExpressionAttributeValues", {})}
        answer = self.client.update_item(
            TableName=self.table,
            Key=request["key"],
            UpdateExpression=update["expression"],
            ReturnValues="ALL_NEW",
            **condition,
            **({"ExpressionAttributeNames": names} if names else {}),
            **({"ExpressionAttributeValues": values} if values else {}),
        )
        return _plain_item(answer.get("Attributes"))

    def _deleteitem(self, request: Mapping[str, Any]) -> Any:
        answer = self.client.delete_item(
            TableName=self.table, Key=request["key"], ReturnValues="ALL_OLD", **_condition(request)
        )
        return _plain_item(answer.get("Attributes"))

    def _query(self, request: Mapping[str, Any]) -> Any:
        query = _expression(request["query"])
        return self._pages("query", request, query, KeyConditionExpression=query["expression"])

    def _scan(self, request: Mapping[str, Any]) -> Any:
        return self._pages("scan", request, {"names": {}, "values": {}})

    def _pages(self, call: str, request: Mapping[str, Any], query: Mapping[str, Any], **asked: Any) -> Any:
        names, values = dict(query["names"]), dict(query["values"])
        if request.get("filter"):
            found = _expression(request["filter"])
            names, values = names | found["names"], values | found["values"]
            asked["FilterExpression"] = found["expression"]
        for name, parameter in (("index", "IndexName"), ("limit", "Limit"), ("consistentRead", "ConsistentRead")):
            if request.get(name):
                asked[parameter] = request[name]
        if request.get("scanIndexForward") is False:
            asked["ScanIndexForward"] = False
        if request.get("nextToken"):
            try:
                asked["ExclusiveStartKey"] = json.loads(request["nextToken"])
            except ValueError:
                raise ResolverError("Invalid pagination token given.", "BadRequest") from None
        if names:
            asked["ExpressionAttributeNames"] = names
        if values:
            asked["ExpressionAttributeValues"] = values
        answer = getattr(self.client, call)(TableName=self.table, **asked)
        last = answer.get("LastEvaluatedKey")
        return {
            "items": [_plain_item(one) for one in answer["Items"]],
            "nextToken": json.dumps(last, sort_keys=True) if last else None,
            "scannedCount": answer["ScannedCount"],
        }


def _expression(written: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "expression": written["expression"],
        "names": written.get("expressionNames") or {},
        "values": written.get("expressionValues") or {},
    }


def _condition(request: Mapping[str, Any]) -> dict[str, Any]:
    if not request.get("condition"):
        return {}
    found = _expression(request["condition"])
    named = {"ExpressionAttributeNames": found["names"], "ExpressionAttributeValues": found["values"]}
    return {"ConditionExpression": found["expression"], **{name: one for name, one in named.items() if one}}


def _plain_item(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else {name: _plain(one) for name, one in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    match kind:
        case "N":
            number = float(inner)
            return int(number) if number.is_integer() else number
        case "L":
            return [_plain(one) for one in inner]
        case "M":
            return _plain_item(inner)
        case "NULL":
            return None
    return inner
