import pytest

from patternkit.localcloud.emulation.weighted_alias import draw


@pytest.mark.parametrize(
    ("chance", "version"), [(0.0, "2"), (0.29, "2"), (0.31, "3"), (0.39, "3"), (0.41, "1"), (0.99, "1")]
)
def test_each_version_has_its_share(chance: float, version: str) -> None:
    assert draw("1", {"2": 0.3, "3": "0.1"}, lambda: chance) == version


def test_without_weights_all_go_to_the_alias_own_version() -> None:
    assert draw("1", None, lambda: 0.0) == "1"
    assert draw("1", {"2": 0}, lambda: 0.0) == "1"
