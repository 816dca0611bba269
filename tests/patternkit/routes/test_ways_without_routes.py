"""The ways of what is carried without a route, hop by hop and both ways, as a failing proof shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Promise, isolated
from tests.patternkit.routes.test_carriers import accelerated, balanced, linked
from tests.patternkit.routes.test_proxies import PROXIES, around
from tests.patternkit.routes.test_values_that_are_not_known import keeping
from tests.patternkit.routes.topologies import Topology


def one_behind_another() -> Topology:
    net = balanced(scheme="internal")
    net.add("Nlb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Subnets=[{"Ref": "Aap"}, {"Ref": "Abp"}])
    net.add("Outer", "ElasticLoadBalancingV2::TargetGroup", TargetType="alb", Protocol="TCP", Port=80,
            VpcId={"Ref": "A"}, Targets=[{"Id": {"Ref": "Lb"}, "Port": 80}])  # fmt: skip
    net.add("OuterListener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Nlb"}, Protocol="TCP",
            Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Outer"}}])  # fmt: skip
    return net


WAYS: dict[str, tuple[Callable[[], Topology], Promise, str]] = {
    "a load balancer with addresses of its own": (
        lambda: balanced(),
        isolated("internet", "Host"),
        """
  it arrives: delivered in Net/Aa through Net/Lb
  from the internet to Net/Host: tcp 8.8.8.8:1024 -> 10.0.1.4:80
  there: tcp 10.0.1.4:1024 -> 10.0.3.10:8080
     1. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     2. load balancer Net/Lb: to Net/Host: the load balancer's own address becomes the source
     3. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     4. destination Net/Aa [eu-west-1a]: delivered to 10.0.3.10/32
        delivered: delivered in Net/Aa through Net/Lb
  back: tcp 10.0.1.4:80 -> 8.8.8.8:1024
     1. subnet Net/Aa [eu-west-1a]: Net/Private: 10.0.0.0/16 -> local
     2. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     3. subnet Net/Aap [eu-west-1a]: Net/Public: 0.0.0.0/0 -> Net/AIgw
     4. internet gateway Net/AIgw: to the internet
        delivered: the internet by Net/AIgw
  for the flows with public address = True
  1 pairs; 2 of 3 kinds of flow arrive
""",
    ),
    "a load balancer that keeps the client's address": (
        lambda: keeping(),
        isolated("internet", "Host"),
        """
  it arrives: delivered in Net/Aa through Net/Lb
  from the internet to Net/Host: tcp 8.8.8.8:1024 -> 10.0.1.4:80
  there: tcp 8.8.8.8:1024 -> 10.0.3.10:8080
     1. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     2. load balancer Net/Lb: to Net/Host: the client's address stays
     3. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     4. destination Net/Aa [eu-west-1a]: delivered to 10.0.3.10/32
        delivered: delivered in Net/Aa through Net/Lb
  for the flows with public address = True
  1 pairs; 1 of 2 kinds of flow arrive
""",
    ),
    "a load balancer behind another": (
        lambda: one_behind_another(),
        isolated("internet", "Host"),
        """
  it arrives: delivered in Net/Aa through Net/Lb
  from the internet to Net/Host: tcp 8.8.8.8:1024 -> 10.0.1.4:80
  there: tcp 10.0.1.4:1024 -> 10.0.3.10:8080
     1. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     2. load balancer Net/Nlb: to Net/Lb: the load balancer's own address becomes the source
     3. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     4. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     5. load balancer Net/Lb: to Net/Host: the load balancer's own address becomes the source
     6. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     7. destination Net/Aa [eu-west-1a]: delivered to 10.0.3.10/32
        delivered: delivered in Net/Aa through Net/Lb
  back: tcp 10.0.1.4:80 -> 8.8.8.8:1024
     1. subnet Net/Aa [eu-west-1a]: Net/Private: 10.0.0.0/16 -> local
     2. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     3. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     4. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     5. subnet Net/Aap [eu-west-1a]: Net/Public: 0.0.0.0/0 -> Net/AIgw
     6. internet gateway Net/AIgw: to the internet
        delivered: the internet by Net/AIgw
  for the flows with public address = True
  1 pairs; 4 of 5 kinds of flow arrive
""",
    ),
    "an endpoint of a service of the set": (
        lambda: linked(),
        isolated("Aa", "Host"),
        """
  it arrives: delivered in Net/Bah through Net/Nlb
  from Net/Aa to Net/Host: tcp 10.0.1.4:1024 -> 10.0.1.4:443
  there: tcp 10.0.1.4:1024 -> 10.0.2.10:80
     1. subnet Net/Aa [eu-west-1a]: Net/A main route table: 10.0.0.0/16 -> local
     2. destination Net/Aa [eu-west-1a]: delivered to 10.0.1.0/24
     3. interface endpoint Net/Endpoint: to Net/Nlb by Net/Service
     4. load balancer Net/Nlb: to Net/Host: the load balancer's own address becomes the source
     5. subnet Net/Ba [eu-west-1a]: Net/B main route table: 10.0.0.0/16 -> local
     6. destination Net/Bah [eu-west-1a]: delivered to 10.0.2.10/32
        delivered: delivered in Net/Bah through Net/Nlb
  back: tcp 10.0.1.4:443 -> 10.0.1.4:1024
     1. subnet Net/Bah [eu-west-1a]: Net/B main route table: 10.0.0.0/16 -> local
     2. destination Net/Ba [eu-west-1a]: delivered to 10.0.1.0/24
     3. subnet Net/Aa [eu-west-1a]: Net/A main route table: 10.0.0.0/16 -> local
     4. destination Net/Aa [eu-west-1a]: delivered to 10.0.1.0/24
        delivered: delivered in Net/Aa
  1 pairs; 1 of 2 kinds of flow arrive
""",
    ),
    "an endpoint of a service of AWS": (
        lambda: linked(Endpoint={"ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}}),
        isolated("Aa", "s3"),
        """
  it arrives: s3 by Net/Endpoint
  from Net/Aa to s3: tcp 10.0.1.4:1024 -> 10.0.1.4:443
  there: tcp 10.0.1.4:1024 -> 10.0.1.4:443
     1. subnet Net/Aa [eu-west-1a]: Net/A main route table: 10.0.0.0/16 -> local
     2. destination Net/Aa [eu-west-1a]: delivered to 10.0.1.0/24
     3. interface endpoint Net/Endpoint: to s3
        delivered: s3 by Net/Endpoint
  back: tcp 10.0.1.4:443 -> 10.0.1.4:1024
     1. subnet Net/Aa [eu-west-1a]: Net/A main route table: 10.0.0.0/16 -> local
     2. destination Net/Aa [eu-west-1a]: delivered to 10.0.1.0/24
        delivered: delivered in Net/Aa
  1 pairs; 1 of 2 kinds of flow arrive
""",
    ),
    "an accelerator": (
        lambda: accelerated(EndpointId={"Ref": "Lb"}),
        isolated("internet", "Host"),
        """
  it arrives: delivered in Net/Aa through Net/Lb
  from the internet to Net/Host: tcp 8.8.8.8:1024 -> 10.0.1.4:80
  there: tcp 10.0.1.4:1024 -> 10.0.3.10:8080
     1. accelerator Net/Endpoints: to Net/Lb interface 1
     2. destination Net/Aap [eu-west-1a]: delivered to 10.0.1.0/24
     3. load balancer Net/Lb: to Net/Host: the load balancer's own address becomes the source
     4. subnet Net/Aap [eu-west-1a]: Net/Public: 10.0.0.0/16 -> local
     5. destination Net/Aa [eu-west-1a]: delivered to 10.0.3.10/32
        delivered: delivered in Net/Aa through Net/Lb
  for the flows with public address = False
  1 pairs; 2 of 3 kinds of flow arrive
""",
    ),
    "a proxy": (
        lambda: around(),
        isolated("A", "B", port=443),
        """
  it arrives: delivered in Net/Bb through Net/Fleet in Net/Pp
  from Net/Aa to Net/Bb: tcp 10.1.1.4:1024 -> 10.9.2.4:3128
  there: tcp 10.9.2.4:1024 -> 10.2.1.4:443
     1. subnet Net/Aa [eu-west-1a]: Net/ATable: 10.9.0.0/16 -> Net/ToA
     2. peering connection Net/ToA: to Net/P
     3. destination Net/Pp [eu-west-1p]: delivered to 10.9.2.0/24
     4. proxy Net/Fleet in Net/Pp: ends the connection and opens its own
     5. subnet Net/Pp [eu-west-1p]: Net/PTable: 10.2.0.0/16 -> Net/ToB
     6. peering connection Net/ToB: to Net/B
     7. destination Net/Bb [eu-west-1b]: delivered to 10.2.1.0/24
        delivered: delivered in Net/Bb through Net/Fleet in Net/Pp
  back: tcp 10.9.2.4:3128 -> 10.1.1.4:1024
     1. subnet Net/Bb [eu-west-1b]: Net/BTable: 10.9.0.0/16 -> Net/ToB
     2. peering connection Net/ToB: to Net/P
     3. destination Net/Pp [eu-west-1p]: delivered to 10.9.2.0/24
     4. subnet Net/Pp [eu-west-1p]: Net/PTable: 10.1.0.0/16 -> Net/ToA
     5. peering connection Net/ToA: to Net/A
     6. destination Net/Aa [eu-west-1a]: delivered to 10.1.1.0/24
        delivered: delivered in Net/Aa
  1 pairs; 1 of 2 kinds of flow arrive
  leans on contracts: appliances Fleet
""",
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_it_is_shown_whole(name: str) -> None:
    made, promise, way = WAYS[name]
    contracts: dict[str, Any] = {"appliances": {"Fleet": PROXIES}} if name == "a proxy" else {}
    proof = made().network(contracts=contracts).prove(promise)
    assert str(proof).splitlines() == [f"FAILS {promise}", *way.strip("\n").splitlines()]
