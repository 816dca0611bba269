"""Values of a template with their intrinsic functions resolved, as far as they can be."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.templates.texts import check_length, joined

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that is not known before deployment.

    Attributes:
        text: The value as the template has it, for people.
    """

    text: str


class Absent:
    """`AWS::NoValue`: the property is not there."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


ABSENT = Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Resolves the intrinsic functions of one template.

    Attributes:
        template: The template.
        reference: Gives what `Ref` gives for a logical id, a parameter or a pseudo parameter.
        attribute: Gives what `Fn::GetAtt` gives.
        exported: Gives what `Fn::ImportValue` gives.
        output: Gives what `Fn::GetStackOutput` gives, the CDK's weak reference, for a stack's name and an output's.
    """

    template: Mapping[str, Any]
    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]
    exported: Callable[[str], Any]
    output: Callable[[str, str], Any]

    def resolve(self, value: Any) -> Any:
        """Resolve a value and everything in it.

        Args:
            value: Part of the template.

        Returns:
            The same without intrinsic functions; what cannot be known is `Unresolved`.
        """
        if isinstance(value, list):
            return [one for one in (self.resolve(part) for part in value) if one is not ABSENT]
        if isinstance(value, str):
            return Unresolved(value) if "{{resolve:" in value else value
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._intrinsic(name, argument)
        resolved = {key: self.resolve(part) for key, part in value.items()}
        return {key: part for key, part in resolved.items() if part is not ABSENT}

    def _intrinsic(self, name: str, argument: Any) -> Any:
        unresolved = Unresolved(described({name: argument}))
        match name, argument:
            case "Ref", str(target):
                return ABSENT if target == "AWS::NoValue" else self.reference(target)
            case "Fn::GetAtt", [str(target), str(attribute)]:
                return self.attribute(target, attribute)
            case "Fn::GetAtt", str(dotted):
                target, _, attribute = dotted.partition(".")
                return self.attribute(target, attribute)
            case "Fn::If", [str(condition), yes, no]:
                holds = self.condition(condition)
                return unresolved if holds is None else self.resolve(yes if holds else no)
            case "Fn::Sub", str(text):
                return self._substitute(text, {}, unresolved)
            case "Fn::Sub", [str(text), dict(variables)]:
                return self._substitute(text, self.resolve(variables), unresolved)
        given = self.resolve(argument)
        match name, given:
            case "Fn::Join", [str(delimiter), list(parts)] if all(isinstance(part, str | int) for part in parts):
                return joined(delimiter, map(str, parts))
            case "Fn::Select", [index, list(parts)] if str(index).isdecimal() and int(index) < len(parts):
                return parts[int(index)]
            case "Fn::Split", [str(delimiter), str(text)]:
                return text.split(delimiter)
            case "Fn::FindInMap", [str(table), str(first), str(second), *_]:
                return self.template.get("Mappings", {}).get(table, {}).get(first, {}).get(second, unresolved)
            case "Fn::ImportValue", str(export):
                return self.exported(export)
            case "Fn::GetStackOutput", {"StackName": str(stack), "OutputName": str(output)}:
                return self.output(stack, output)
            case "Fn::ToJsonString", dict() | list():
                return json.dumps(given)
        return unresolved

    def _substitute(self, text: str, variables: Mapping[str, Any], unresolved: Unresolved) -> Any:
        missing = False
        made = 0

        def value(match: re.Match[str]) -> str:
            nonlocal made, missing
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            target, dot, attribute = name.partition(".")
            found = (
                variables[name]
                if name in variables
                else self.attribute(target, attribute)
                if dot
                else self.reference(name)
            )
            if not isinstance(found, str | int):
                missing = True
            made += len(str(found))
            check_length("Fn::Sub", made)
            return str(found)

        result = _VARIABLE.sub(value, text)
        return unresolved if missing else result

    def condition(self, name: str) -> bool | None:
        """Evaluate a condition of the template.

        Args:
            name: Its name.

        Returns:
            Whether it holds; None if that is not known before deployment.
        """
        return self._holds(self.template.get("Conditions", {}).get(name))

    def _holds(self, expression: Any) -> bool | None:
        match expression:
            case {"Condition": str(name)}:
                return self.condition(name)
            case {"Fn::Equals": [left, right]}:
                sides = self.resolve([left, right])
                if any(isinstance(side, Unresolved) for side in sides):
                    return None
                return bool(sides[0] == sides[1])
            case {"Fn::Not": [inner]}:
                holds = self._holds(inner)
                return None if holds is None else not holds
            case {"Fn::And": list(parts)}:
                return _all([self._holds(part) for part in parts])
            case {"Fn::Or": list(parts)}:
                found = _all([None if (one := self._holds(part)) is None else not one for part in parts])
                return None if found is None else not found
        return None


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def described(value: Any) -> str:
    """Write part of a template as people read it: "Bucket.Arn/*".

    Args:
        value: The value, with its intrinsic functions.

    Returns:
        One line.
    """
    match value:
        case str():
            return value
        case Unresolved(text=text):
            return text
        case {"Ref": str(target)}:
            return target
        case {"Fn::GetAtt": [str(target), str(attribute)]}:
            return f"{target}.{attribute}"
        case {"Fn::GetAtt": str(dotted)}:
            return dotted
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return joined(delimiter, map(described, parts))
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return text
        case {"Fn::ImportValue": name}:
            return described(name)
        case {"Fn::GetStackOutput": {"StackName": str(stack), "OutputName": str(output)}}:
            return f"{stack}.{output}"
    return json.dumps(value, sort_keys=True, default=str)
