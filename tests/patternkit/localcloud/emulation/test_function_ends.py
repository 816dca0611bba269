"""How functions end, and what they log, as Lambda's runtimes say it."""

import base64
import io
import json
import re
import zipfile
from typing import Any, Literal

import pytest

from patternkit.localcloud import LocalCloud

EXIT = r"RequestId: [0-9a-f-]{36} Error: Runtime exited with error: "
ENDS = {
    "exit": ("import os\ndef handler(e, c): os._exit(3)", "Runtime.ExitError", EXIT + "exit status 3"),
    "sys-exit": ("import sys\ndef handler(e, c): sys.exit(2)", "Runtime.ExitError", EXIT + "exit status 2"),
    "kill": ("import os\ndef handler(e, c): os.kill(os.getpid(), 9)", "Runtime.ExitError", EXIT + "signal: killed"),
    "exit-early": ("import os\nos._exit(1)", "Runtime.ExitError", EXIT + "exit status 1"),
    "raise-early": ("raise ValueError('no table')", "ValueError", "no table"),
    "no-module": (
        "import nowhere",
        "Runtime.ImportModuleError",
        "Unable to import module 'index': No module named 'nowhere'",
    ),
    "no-handler": ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
    "syntax": ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index': .*"),
    "unserializable": (
        "def handler(e, c): return {1}",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    "too-large": (
        "def handler(e, c): return 'x' * 6_291_555",
        "Function.ResponseSizeTooLarge",
        r"Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.",
    ),
}
NODE_ENDS = {
    "node-no-module": ("require('nowhere')", "Runtime.ImportModuleError", "Cannot find module 'nowhere'(.|\n)*"),
    "node-no-handler": ("exports.other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not exported"),
    "node-raise-early": ("throw new TypeError('no table')", "TypeError", "no table"),
    "node-exit": ("exports.handler = async () => process.exit(4)", "Runtime.ExitError", EXIT + "exit status 4"),
}


def made(cloud: LocalCloud, name: str, code: str, runtime: Literal["python3.13", "nodejs22.x"] = "python3.13") -> Any:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py" if runtime.startswith("python") else "index.js", code)
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime=runtime,
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/ends",
        Code={"ZipFile": packed.getvalue()},
        Timeout=20,
    )
    return functions.invoke(FunctionName=name, LogType="Tail")


@pytest.mark.parametrize("how", [*ENDS, *NODE_ENDS])
def test_an_end_is_named_as_lambda_names_it(cloud: LocalCloud, how: str) -> None:
    code, error, message = (ENDS | NODE_ENDS)[how]
    answer = made(cloud, how, code, "nodejs22.x" if how in NODE_ENDS else "python3.13")
    failed = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert failed["errorType"] == error
    assert re.fullmatch(message, failed["errorMessage"])


@pytest.mark.parametrize("how", ["raise-early", *(how for how in NODE_ENDS if how != "node-exit")])
def test_each_call_of_what_does_not_start_says_why(cloud: LocalCloud, how: str) -> None:
    code, error, message = (ENDS | NODE_ENDS)[how]
    made(cloud, f"again-{how}", code, "nodejs22.x" if how in NODE_ENDS else "python3.13")
    for _ in range(2):
        answer = cloud.client("lambda").invoke(FunctionName=f"again-{how}")
        failed = json.loads(answer["Payload"].read())
        assert failed["errorType"] == error
        assert re.fullmatch(message, failed["errorMessage"])


def test_the_largest_answer_passes(cloud: LocalCloud) -> None:
    answer = made(cloud, "largest", "def handler(e, c): return 'x' * 6_291_554")
    assert "FunctionError" not in answer
    assert len(answer["Payload"].read()) == 6_291_556


def test_what_is_logged_is_in_the_log_group_with_level_and_request(cloud: LocalCloud) -> None:
    code = """
import logging
logging.getLogger().setLevel("INFO")
def handler(event, context):
    logging.getLogger("shop.orders").info("order %s", 7)
    logging.getLogger().debug("left out")
    print("printed")
"""
    answer = made(cloud, "logging", code)
    line = re.compile(r"\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[0-9a-f-]{36}\torder 7")
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert line.search(tail)
    assert "left out" not in tail
    logged = cloud.wait_for(lambda: cloud.logs("logging"), what="the line")
    assert [each for each in logged.splitlines() if line.fullmatch(each)]
