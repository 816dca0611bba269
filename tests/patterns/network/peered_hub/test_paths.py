"""What peering does and does not do, proved from the template."""

import pytest

from patternkit.routes import Network, isolated, no_blackhole, reaches
from tests.conftest import ENVIRONMENTS, example

HUB = ["Hub/Network/Services1", "Hub/Network/Services2"]
ORDERS, BILLING = (["Orders/Workload1", "Orders/Workload2"], ["Billing/Workload1", "Billing/Workload2"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_spokes_reach_the_hub_and_not_each_other(environment: str) -> None:
    [(name, template)] = example("peered-hub", environment).templates.items()
    network = Network.from_templates({name: template})
    network.assert_holds(reaches("10.1.0.0/27", "10.0.0.0/24"), reaches("10.0.0.0/24", "10.2.0.0/27"))
    network.assert_holds(no_blackhole("10.1.0.0/27", "10.0.0.0/24"))
    network.assert_holds(isolated("10.1.0.0/27", "10.2.0.0/27"), isolated("10.2.0.0/27", "10.1.0.0/27"))
