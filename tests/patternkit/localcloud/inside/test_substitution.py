"""Which functions are stood in for, and with what."""

import io
import zipfile

import pytest

from patternkit.localcloud.inside.substitution import BY_LOGICAL_ID, FRAMEWORK, STAND_INS, packed, stand_in

VARIABLES = {"Environment": {"Variables": {"USER_ON_EVENT_FUNCTION_ARN": "arn"}}}


@pytest.mark.parametrize("beginning", BY_LOGICAL_ID)
def test_a_function_of_the_cdks_is_known_by_the_beginning_of_its_logical_id(beginning: str) -> None:
    assert stand_in(f"{beginning}1A2B3C4D", {"Handler": "index.handler"}) is BY_LOGICAL_ID[beginning]


def test_the_provider_framework_is_known_by_its_handler_and_a_function_of_the_users_is_left_alone() -> None:
    for handler, found in FRAMEWORK.items():
        assert stand_in("ProviderframeworkonEvent", {"Handler": handler, **VARIABLES}) is found
        assert stand_in("Mine", {"Handler": handler}) is None
    assert stand_in("Mine", {"Handler": "index.handler", **VARIABLES}) is None


@pytest.mark.parametrize("found", [*BY_LOGICAL_ID.values(), *FRAMEWORK.values()])
def test_each_stand_in_is_there(found: object) -> None:
    package, module, function = str(getattr(found, "handler", "")).split(".")
    assert package == STAND_INS.name
    text = (STAND_INS / f"{module}.py").read_text()
    assert f"\n{function} = answering(" in text or f"\ndef {function}(" in text


def test_code_that_is_kept_stays_beside_it() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("index.py", "own = 1")
    once = packed(archive.getvalue())
    names = zipfile.ZipFile(io.BytesIO(once)).namelist()
    assert {"index.py", "stand_ins/__init__.py", "stand_ins/bucket_deployment.py"} <= set(names)
    assert packed(once) == once
    assert "index.py" not in zipfile.ZipFile(io.BytesIO(packed(None))).namelist()
