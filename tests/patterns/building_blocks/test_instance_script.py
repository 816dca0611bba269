"""The script of an instance is as long as Amazon EC2 takes it, whatever a deployment puts in."""

import aws_cdk as cdk
import pytest

from patterns.building_blocks.instance_script import instance_script

MOST = 16_384


@pytest.mark.parametrize("text", ["x" * MOST, "\u00e4" * (MOST // 2)])
def test_a_script_of_16_kb_is_taken_as_it_is(text: str) -> None:
    assert instance_script("script", text).render() == text


@pytest.mark.parametrize("text", ["x" * (MOST + 1), "\u00e4" * (MOST // 2) + "x"])
def test_a_longer_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^script must make a script of at most 16384 bytes, got 16385$"):
        instance_script("script", text)


def test_of_what_only_a_deployment_knows_nothing_is_counted() -> None:
    tokens = "".join(cdk.Token.as_string({"Ref": name}) for name in ("A", "B"))
    assert instance_script("script", "x" * (MOST - 1) + tokens + "y").render().endswith("}y")
    with pytest.raises(ValueError, match=r"^script must make a script of at most 16384 bytes, got 16385$"):
        instance_script("script", "x" * MOST + tokens + "y")
