"""A handler in this process: its surroundings, its import and its invocations."""

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from patternkit.testing.permissions.account import Account, session
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.evaluation import AccessDecision
from patternkit.testing.permissions.recording import Recorder

Handler = Callable[[Any, Any], Any]
Events = Iterable[Any] | Callable[[Account], Iterable[Any]]


@contextmanager
def process(account: str, region: str) -> Iterator[None]:
    """Nothing of this machine's own AWS settings reaches the handler, and nothing of it stays behind."""
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "MOTO_ACCOUNT_ID": account,
    }
    loggers = set(logging.Logger.manager.loggerDict)
    with patch.dict(os.environ), patch.object(boto3, "DEFAULT_SESSION", session(region)):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(settings)
        try:
            yield
        finally:
            # A handler's logger would keep this test's standard output for the next test that names it alike.
            for name in set(logging.Logger.manager.loggerDict) - loggers:
                del logging.Logger.manager.loggerDict[name]


@contextmanager
def imported(handler: Handler | str, code: Path | None, recorder: Recorder) -> Iterator[Handler]:
    """A handler, imported anew with its package where its name is given; its role holds for that already."""
    if not isinstance(handler, str):
        yield handler
        return
    module, _, name = handler.rpartition(".")
    package = module.rpartition(".")[0] or module
    held = {one: sys.modules.pop(one) for one in list(sys.modules) if one == package or one.startswith(f"{package}.")}
    path = [str(code), *sys.path] if code is not None else sys.path
    try:
        with patch.object(sys, "path", path), patch.object(sys, "dont_write_bytecode", new=True):
            importlib.invalidate_caches()
            recorder.enforcing = True
            try:
                found = getattr(importlib.import_module(module), name)
            except Exception as error:
                advice = "" if code is not None else ": give its folder as code=, inline code is not read"
                raise ProofError(
                    f"handler {handler} could not be imported: {type(error).__name__}: {error}{advice}"
                ) from error
            finally:
                recorder.enforcing = False
            yield found
    finally:
        for one in [one for one in sys.modules if one == package or one.startswith(f"{package}.")]:
            del sys.modules[one]
        sys.modules.update(held)


def invoke(
    handler: Handler,
    events: Events,
    account: Account,
    recorder: Recorder,
    raises: tuple[type[Exception], ...],
    context: Any,
) -> None:
    """Invoke a handler with each event, with its role enforced.

    Raises:
        ProofError: If it raises what it is not meant to, or if there is no event.
    """
    number = 0
    for number, event in enumerate(events(account) if callable(events) else events, 1):
        before = len(recorder.evaluations)
        recorder.enforcing = True
        try:
            handler(event, context)
        except raises:
            pass
        except Exception as error:
            # What fails because a call was denied is told by the denial.
            if all(one.decision is AccessDecision.ALLOWED for one in recorder.evaluations[before:]):
                at = traceback.extract_tb(error.__traceback__)[-1]
                text = " ".join(str(error).split())
                raise ProofError(
                    f"{at.filename}:{at.lineno}: the handler raised on event {number}: {type(error).__name__}: {text}"
                ) from error
        finally:
            recorder.enforcing = False
    if not number:
        raise ProofError("events must hold at least one event, got none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What Lambda tells a handler of its invocation.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    timeout: int
    function_version: str = "$LATEST"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    log_group_name: str = "log-group"
    log_stream_name: str = "log-stream"
    identity: None = None
    client_context: None = None

    @classmethod
    def of(cls, properties: Mapping[str, Any], name: str, region: str, account: str) -> "Invocation":
        """Make the context of a function from its properties."""
        return cls(
            function_name=name,
            invoked_function_arn=f"arn:aws:lambda:{region}:{account}:function:{name}",
            memory_limit_in_mb=str(properties.get("MemorySize", 128)),
            timeout=int(properties.get("Timeout", 3)),
        )

    def get_remaining_time_in_millis(self) -> int:
        """The remaining run time: always the whole timeout."""
        return self.timeout * 1000
