"""AWS as tests of handlers answer for it: each call is noted with all its arguments, and reaches nobody."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.validate import ParamValidator

_PATTERNS = Path(__file__).parents[1] / "patterns"
_NOBODY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


class Refusal:
    """What AWS answers instead of doing what it is asked for.

    Args:
        code: The error's code.
        status: The answer's status.
        **others: What the error says besides.
    """

    def __init__(self, code: str, status: int = 400, **others: Any) -> None:
        self.code, self.status, self.others = code, status, others


class Aws:
    """The services, whose answers are given by the name of the operation.

    Attributes:
        answers: An answer, a refusal, an error to raise, a function of the arguments, or a list of these for one call
            after the other. What is not there is answered with nothing.
        calls: What was called, in order: the operation, and all its arguments.
    """

    def __init__(self) -> None:
        # What boto3's own writer of batches reads of each answer.
        self.answers: dict[str, Any] = {"BatchWriteItem": {"UnprocessedItems": {}}}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def named(self, operation: str) -> list[dict[str, Any]]:
        """The arguments of each call of an operation."""
        return [given for one, given in self.calls if one == operation]

    def called(self) -> list[tuple[str, dict[str, Any]]]:
        """The calls since the last time that this was asked for."""
        calls, self.calls = self.calls, []
        return calls

    def answer(self, client: Any, operation: str, given: dict[str, Any]) -> Any:
        """Note a call that the SDK would send, and answer it."""
        _hold_to_the_model(client, operation, deepcopy(given))
        self.calls.append((operation, deepcopy(given)))
        answer = self.answers.get(operation, {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer = answer(given)
        if isinstance(answer, Refusal):
            about = {"Error": {"Code": answer.code, "Message": "refused", **answer.others}}
            about["ResponseMetadata"] = {"HTTPStatusCode": answer.status}
            raise client.exceptions.from_code(answer.code)(about, operation)
        if isinstance(answer, Exception):
            raise answer
        return deepcopy(answer)


def _hold_to_the_model(client: Any, operation: str, given: dict[str, Any]) -> None:
    model = client.meta.service_model.operation_model(operation)
    # Resources of Amazon DynamoDB write values of Python as the service wants them here.
    written = client._emit_api_params(api_params=given, operation_model=model, context={})
    if model.input_shape is not None:
        report = ParamValidator().validate(written, model.input_shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"


@contextmanager
def answering() -> Iterator[Aws]:
    """Answer whatever is called while the block runs."""
    aws = Aws()
    with patch.object(BaseClient, "_make_api_call", lambda client, *given: aws.answer(client, *given)):
        yield aws


@contextmanager
def loaded(handler: str, *modules: str, **settings: str) -> Iterator[Callable[[str], ModuleType]]:
    """Load modules of a handler as AWS Lambda does, with its environment, which holds while the block runs.

    Args:
        handler: The folder of its package below `patterns`.
        *modules: The modules, by their names in the package.
        **settings: The environment.

    Yields:
        A function that returns a module by its name.
    """
    folder = _PATTERNS / handler
    with patch.dict(os.environ, {**_NOBODY, **settings}), patch.object(sys, "path", [str(folder.parent), *sys.path]):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        _forget(folder.name)
        found: Mapping[str, ModuleType] = {one: importlib.import_module(f"{folder.name}.{one}") for one in modules}
        yield found.__getitem__
        _forget(folder.name)


def _forget(package: str) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == package]:
        del sys.modules[name]
