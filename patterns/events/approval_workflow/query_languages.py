"""The two query languages of AWS Step Functions: how a state takes what it needs, and what it passes on.

What is taken is written as a JSONPath of the state's input ("$.order") or of the context ("$$.Execution.Id"), and
translated.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from typing_extensions import override

QueryLanguage = Literal["jsonata", "jsonpath"]
"""How the states of a workflow read and write data."""

Fields = dict[str, Any]


class Language(Protocol):
    """What the workflow needs of a query language. Each method returns fields of a state."""

    name: str

    def build(self, values: Mapping[str, Any]) -> Fields:
        """Fields of a Pass that puts a new object together; a text that begins with $ is taken from the input."""

    def count(self, name: str, beside: str) -> Fields:
        """Fields of a Pass that adds 1 to a number, and keeps one other value beside it."""

    def note(self, name: str, value: str) -> Fields:
        """Fields of a Pass that adds a constant."""

    def call(self, function: str, payload: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> Fields:
        """Fields of a Task that invokes a function; `keys` are joined to one text with slashes."""

    def passed_on(self) -> Fields:
        """Fields of a state whose result is dropped: its input goes on as it is."""

    def done(self) -> Fields:
        """Fields of a state whose result is a constant, however large its input was."""

    def decision(self, *, of_function: bool) -> Fields:
        """Fields of a Task that adds the decision, from a function's result or from a callback."""

    def caught(self) -> Fields:
        """Fields of a catcher that keeps the state's input, and drops the error's text."""

    def each(self, items: str, values: Mapping[str, Any]) -> Fields:
        """Fields of a Map over a list, with what each iteration gets."""

    def cause(self, name: str, text: str) -> Fields:
        """Fields of a Fail that says a value and a text."""

    def faulty(self, order: str, lists: Sequence[str], max_items: int) -> list[Fields]:
        """Conditions under which an order is no order."""

    def less(self, name: str, bound: float) -> Fields:
        """The condition that a number is below a bound."""

    def more(self, name: str, bound: int) -> Fields:
        """The condition that a number is above a bound."""

    def equal(self, name: str, value: str) -> Fields:
        """The condition that a text is a value."""

    def present(self, name: str) -> Fields:
        """The condition that a value is there."""


class JsonPath(Language):
    """JSONPath, with intrinsic functions."""

    name = "JSONPath"

    @override
    def build(self, values: Mapping[str, Any]) -> Fields:
        return {"Parameters": _taken(values)}

    @override
    def count(self, name: str, beside: str) -> Fields:
        return {"Parameters": {f"{beside}.$": f"$.{beside}", f"{name}.$": f"States.MathAdd($.{name}, 1)"}}

    @override
    def note(self, name: str, value: str) -> Fields:
        return {"Result": value, "ResultPath": f"$.{name}"}

    @override
    def call(self, function: str, payload: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> Fields:
        taken = _taken(payload)
        for name, parts in keys.items():
            shown = "/".join("{}" if part.startswith("$") else part for part in parts)
            paths = ", ".join(part for part in parts if part.startswith("$"))
            taken[f"{name}.$"] = f"States.Format('{shown}', {paths})"
        return {"Parameters": {"FunctionName": function, "Payload": taken}}

    @override
    def passed_on(self) -> Fields:
        return {"ResultPath": None}

    @override
    def done(self) -> Fields:
        return {"ResultSelector": {"done": True}}

    @override
    def decision(self, *, of_function: bool) -> Fields:
        path = "$.Payload.decision" if of_function else "$.decision"
        return {"ResultSelector": {"decision.$": path}, "ResultPath": "$.approval"}

    @override
    def caught(self) -> Fields:
        return {"ResultPath": None}

    @override
    def each(self, items: str, values: Mapping[str, Any]) -> Fields:
        return {"ItemsPath": items, "ItemSelector": _taken(values), "ResultPath": None}

    @override
    def cause(self, name: str, text: str) -> Fields:
        return {"CausePath": f"States.Format('{{}} {text}', $.{name})"}

    @override
    def faulty(self, order: str, lists: Sequence[str], max_items: int) -> list[Fields]:
        def is_no(kind: str, path: str) -> Fields:
            return {"Not": {"And": [{"Variable": path, "IsPresent": True}, {"Variable": path, kind: True}]}}

        amount = f"{order}.amount"
        conditions = [is_no("IsString", f"{order}.id"), is_no("IsNumeric", amount), self.less(amount[2:], 0)]
        for one in lists:
            conditions += [
                {"Not": {"Variable": f"{order}.{one}[0]", "IsPresent": True}},
                {"Variable": f"{order}.{one}[{max_items}]", "IsPresent": True},
            ]
        return conditions

    @override
    def less(self, name: str, bound: float) -> Fields:
        return {"Variable": f"$.{name}", "NumericLessThan": bound}

    @override
    def more(self, name: str, bound: int) -> Fields:
        return {"Variable": f"$.{name}", "NumericGreaterThan": bound}

    @override
    def equal(self, name: str, value: str) -> Fields:
        return {"Variable": f"$.{name}", "StringEquals": value}

    @override
    def present(self, name: str) -> Fields:
        return {"Variable": f"$.{name}", "IsPresent": True}


class Jsonata(Language):
    """JSONata, which AWS recommends for new workflows."""

    name = "JSONata"

    @override
    def build(self, values: Mapping[str, Any]) -> Fields:
        return {"Output": _expressed(values)}

    @override
    def count(self, name: str, beside: str) -> Fields:
        added = {name: f"{{% $states.input.{name} + 1 %}}"}
        return {"Output": {**_expressed({beside: f"$.{beside}"}), **added}}

    @override
    def note(self, name: str, value: str) -> Fields:
        return self._with(name, json.dumps(value))

    @override
    def call(self, function: str, payload: Mapping[str, Any], keys: Mapping[str, Sequence[str]]) -> Fields:
        taken = _expressed(payload)
        for name, parts in keys.items():
            texts = [f"$string({_value(part)})" if part.startswith("$") else json.dumps(part) for part in parts]
            joined = ' & "/" & '.join(texts)
            taken[name] = f"{{% {joined} %}}"
        return {"Arguments": {"FunctionName": function, "Payload": taken}}

    @override
    def passed_on(self) -> Fields:
        return {"Output": "{% $states.input %}"}

    @override
    def done(self) -> Fields:
        return {"Output": {"done": True}}

    @override
    def decision(self, *, of_function: bool) -> Fields:
        return self._with("approval", f"{{'decision': $states.result.{'Payload.' if of_function else ''}decision}}")

    @override
    def caught(self) -> Fields:
        return {"Output": "{% $states.input %}"}

    @override
    def each(self, items: str, values: Mapping[str, Any]) -> Fields:
        return {"Items": f"{{% {_value(items)} %}}", "ItemSelector": _expressed(values), **self.passed_on()}

    @override
    def cause(self, name: str, text: str) -> Fields:
        return {"Cause": f"{{% $states.input.{name} & {json.dumps(f' {text}')} %}}"}

    @override
    def faulty(self, order: str, lists: Sequence[str], max_items: int) -> list[Fields]:
        one = _value(order)
        # Not "!=": where a value is missing, that is false too. And an object first: a path into a list of orders finds
        # what is in all of them.
        conditions = [
            f"$not($type({one}) = 'object')",
            f"$not($type({one}.id) = 'string')",
            f"$not($type({one}.amount) = 'number')",
            f"{one}.amount < 0",
        ]
        for name in lists:
            conditions += [f"$not($type({one}.{name}) = 'array')", f"$count({one}.{name}) = 0"]
            conditions.append(f"$count({one}.{name}) > {max_items}")
        return [self._condition(condition) for condition in conditions]

    @override
    def less(self, name: str, bound: float) -> Fields:
        return self._condition(f"$states.input.{name} < {bound}")

    @override
    def more(self, name: str, bound: int) -> Fields:
        return self._condition(f"$states.input.{name} > {bound}")

    @override
    def equal(self, name: str, value: str) -> Fields:
        return self._condition(f"$states.input.{name} = {json.dumps(value)}")

    @override
    def present(self, name: str) -> Fields:
        return self._condition(f"$exists($states.input.{name})")

    def _with(self, name: str, expression: str) -> Fields:
        return {"Output": f"{{% $merge([$states.input, {{{json.dumps(name)}: {expression}}}]) %}}"}

    def _condition(self, expression: str) -> Fields:
        return {"Condition": f"{{% {expression} %}}"}


LANGUAGES: Mapping[QueryLanguage, Language] = {"jsonata": Jsonata(), "jsonpath": JsonPath()}
"""Each query language by the name that the pattern's argument gives it."""


def _taken(values: Mapping[str, Any]) -> Fields:
    return {f"{name}.$" if _is_path(value) else name: value for name, value in values.items()}


def _expressed(values: Mapping[str, Any]) -> Fields:
    return {name: f"{{% {_value(value)} %}}" if _is_path(value) else value for name, value in values.items()}


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$")


def _value(path: str) -> str:
    return f"$states.context{path[2:]}" if path.startswith("$$") else f"$states.input{path[1:]}"
