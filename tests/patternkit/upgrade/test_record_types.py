"""Changes of record types that AWS Cloud Map refuses."""

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines, resource


def service(*types: Any, ttl: int = 10) -> dict[str, Any]:
    records = [{"Type": one, "TTL": ttl} for one in types]
    return {"Name": resource("ServiceDiscovery::Service", Name="orders", DnsConfig={"DnsRecords": records})}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (["A"], ["SRV"], "from A to SRV"),
        (["A"], ["A", "AAAA"], "from A to A and AAAA"),
        (["A", "SRV"], ["SRV"], "from A and SRV to SRV"),
        ([], ["A"], "from none to A"),
    ],
)
def test_other_types_are_told(old: list[str], new: list[str], said: str) -> None:
    [told] = lines(service(*old), service(*new))
    assert told.startswith(f"danger: replacement: Name: its records change {said}, which AWS Cloud Map refuses: delete")


@pytest.mark.parametrize("old", [["A"], ["A", "SRV"], [{"Ref": "Type"}]])
def test_the_same_types_with_another_ttl_and_types_that_are_not_known_are_not(old: list[Any]) -> None:
    assert lines(service(*old), service(*old, ttl=20)) == []
    assert lines(service("A"), service({"Ref": "Type"})) == []
    kept = resource("ServiceDiscovery::Service", Name="orders", DnsConfig={"Ref": "Config"})
    assert lines(service("A"), {"Name": kept}) == []
