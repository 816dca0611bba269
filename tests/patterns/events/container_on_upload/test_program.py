"""What the container's program says at its end, and by which code it ends."""

import json

import pytest
from botocore.exceptions import ClientError

from patterns.events.container_on_upload.container import program


def test_a_program_that_is_done_ends_with_0_and_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOB", "7")
    monkeypatch.setattr(program, "work", lambda environment: f"done {environment['JOB']}")
    assert program.main() == 0
    said = capsys.readouterr()
    assert (json.loads(said.out), said.err) == ({"level": "INFO", "message": "done 7", "job": "7"}, "")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("JOB"), "'JOB'"),
        (
            ClientError({"Error": {"Code": "NoSuchKey", "Message": "no key"}}, "GetObject"),
            "An error occurred (NoSuchKey) when calling the GetObject operation: no key",
        ),
    ],
)
def test_a_program_that_fails_ends_with_1_and_says_why(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(_: dict[str, str]) -> str:
        raise error

    monkeypatch.setattr(program, "work", work)
    assert program.main() == 1
    said = capsys.readouterr()
    assert (json.loads(said.err), said.out) == ({"level": "ERROR", "message": message}, "")


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_: dict[str, str]) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(program, "work", work)
    with pytest.raises(ZeroDivisionError):
        program.main()
