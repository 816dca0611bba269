"""What carries packets without a route: load balancers, endpoints of services, accelerators."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, inspected, isolated, no_bypass, reaches
from patternkit.routes.contracts import Contracts
from patternkit.routes.templates import StackSource
from tests.patternkit.routes.topologies import Topology, inspection

ANYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def group(net: Topology, name: str, vpc: str, *rules: dict[str, Any]) -> dict[str, str]:
    return net.add(
        name, "EC2::SecurityGroup", GroupDescription=name, VpcId={"Ref": vpc}, SecurityGroupIngress=list(rules)
    )


def balanced(
    sort: str = "application",
    *,
    scheme: str = "internet-facing",
    target: str = "instance",
    balancer_rule: dict[str, Any] | None = None,
    host_rule: dict[str, Any] | None = None,
    attributes: dict[str, str] | None = None,
) -> Topology:
    """A VPC with a load balancer in public subnets, and a target in a private one."""
    net = Topology()
    net.vpc("A", "10.0.0.0/16", ap="10.0.1.0/24", bp="10.0.2.0/24", a="10.0.3.0/24", b="10.0.4.0/24")
    gateway = net.internet_gateway("A")
    net.table("A", "Public", "ap", "bp", routes={"0.0.0.0/0": gateway})
    net.table("A", "Private", "a", "b")
    group(net, "Front", "A", balancer_rule or ANYWHERE)
    group(net, "Back", "A", host_rule or {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
                                          "SourceSecurityGroupId": {"Ref": "Front"}})  # fmt: skip
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Aa"}, PrivateIpAddress="10.0.3.10",
            SecurityGroupIds=[{"Ref": "Back"}])  # fmt: skip
    net.add("Lb", "ElasticLoadBalancingV2::LoadBalancer", Type=sort, Scheme=scheme,
            Subnets=[{"Ref": "Aap"}, {"Ref": "Abp"}], SecurityGroups=[{"Ref": "Front"}])  # fmt: skip
    protocol = "HTTP" if sort == "application" else "TCP"
    listed = {"instance": {"Ref": "Host"}, "ip": "10.0.3.10", "lambda": "arn:aws:lambda:::function:f"}[target]
    given = {"TargetGroupAttributes": [{"Key": k, "Value": v} for k, v in (attributes or {}).items()]}
    net.add("Group", "ElasticLoadBalancingV2::TargetGroup", TargetType=target, Protocol=protocol, Port=8080,
            VpcId={"Ref": "A"}, Targets=[{"Id": listed}], **given)  # fmt: skip
    net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Lb"}, Protocol=protocol, Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
    return net


def apart(net: Topology, source: str, destination: str) -> None:
    """A network ACL keeps a subnet from another."""
    block = net.resources[source]["Properties"]["CidrBlock"]
    everything = "allow all * 0.0.0.0/0"
    net.acl("Apart", destination, inbound=[f"deny all * {block}", everything], outbound=[everything])


def verdict(net: Topology, promise: Promise, *words: str, **options: Any) -> Verdict:
    proof = net.network(**options).prove(promise)
    for word in words:
        assert word in str(proof), str(proof)
    return proof.verdict


class TestLoadBalancers:
    def test_the_internet_gets_in_by_one(self) -> None:
        net = balanced()
        assert verdict(net, isolated("internet", "Host"), "load balancer Net/Lb: to Net/Host") is Verdict.FAILS
        assert verdict(net, isolated("internet", "Ab")) is Verdict.FAILS  # by a public address, as ever
        assert verdict(net, isolated("Ab", "Host"), "through Net/Lb") is Verdict.FAILS
        assert verdict(net, isolated("Host", "Ab")) is Verdict.FAILS

    @pytest.mark.parametrize(
        "change",
        [
            {"scheme": "internal"},
            {"balancer_rule": {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}},
            {"host_rule": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/16"}},
            {"target": "lambda"},
        ],
        ids=str,
    )
    def test_what_keeps_the_internet_out(self, change: dict[str, Any]) -> None:
        assert verdict(balanced(**change), isolated("internet", "Host")) is Verdict.HOLDS

    def test_an_acl_between_them(self) -> None:
        net = balanced()
        everything = "allow all * 0.0.0.0/0"
        denied = ["deny tcp 8080 10.0.1.0/24", "deny tcp 8080 10.0.2.0/24", everything]
        net.acl("Acl", "Aa", inbound=denied, outbound=[everything])
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS

    def test_the_port_of_either_side_is_asked_for(self) -> None:
        for port, expected in ((80, Verdict.FAILS), (8080, Verdict.FAILS), (22, Verdict.HOLDS)):
            assert verdict(balanced(), isolated("internet", "Host", port=port)) is expected

    @pytest.mark.parametrize("target", ["instance", "ip"])
    @pytest.mark.parametrize("kept", [None, "true", "false"])
    def test_the_clients_address_at_a_network_load_balancer(self, target: str, kept: str | None) -> None:
        """Kept for targets by instance, not for those by address, unless it is set."""
        attributes = {} if kept is None else {"preserve_client_ip.enabled": kept}
        client = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "8.8.0.0/16"}
        net = balanced("network", target=target, host_rule=client, attributes=attributes)
        keeps = kept == "true" or (kept is None and target == "instance")
        # The target lets only clients' addresses in, not the load balancer's own.
        assert verdict(net, isolated("internet", "Host")) is (Verdict.FAILS if keeps else Verdict.HOLDS)
        assert verdict(balanced("network", target=target, attributes=attributes), isolated("internet", "Host")) is (
            Verdict.FAILS
        )

    def test_an_application_load_balancer_never_keeps_it(self) -> None:
        client = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "CidrIp": "8.8.0.0/16"}
        assert verdict(balanced(host_rule=client), isolated("internet", "Host")) is Verdict.HOLDS

    def test_across_zones(self) -> None:
        net = balanced("network")
        net.resources["Lb"]["Properties"]["Subnets"] = [{"Ref": "Abp"}]
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS
        net.resources["Lb"]["Properties"]["LoadBalancerAttributes"] = [
            {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
        ]
        assert verdict(net, isolated("internet", "Host")) is Verdict.FAILS

    @pytest.mark.parametrize(
        ("of_balancer", "of_group", "expected"),
        [
            ("false", None, Verdict.HOLDS),
            ("false", "use_load_balancer_configuration", Verdict.HOLDS),
            ("false", "true", Verdict.FAILS),
            ("true", "use_load_balancer_configuration", Verdict.FAILS),
            ("true", "false", Verdict.HOLDS),
            ("false", {"Fn::ImportValue": "crossing"}, Verdict.UNKNOWN),
        ],
    )
    def test_the_target_groups_own_setting_of_zones_decides(
        self, of_balancer: str, of_group: Any, expected: Verdict
    ) -> None:
        net = balanced("network")
        net.resources["Lb"]["Properties"]["Subnets"] = [{"Ref": "Abp"}]
        for name, where, value in (("Lb", "LoadBalancer", of_balancer), ("Group", "TargetGroup", of_group)):
            given = [] if value is None else [{"Key": "load_balancing.cross_zone.enabled", "Value": value}]
            net.resources[name]["Properties"][f"{where}Attributes"] = given
        assert verdict(net, isolated("internet", "Host")) is expected

    @pytest.mark.parametrize("registers", ["TargetGroupARNs", "TrafficSources", "tasks", "tasks on instances"])
    def test_hosts_that_register_are_asked_of_by_their_own_name(self, registers: str) -> None:
        net = balanced(host_rule=ANYWHERE)
        del net.resources["Group"]["Properties"]["Targets"]
        net.add("Launch", "EC2::LaunchTemplate", LaunchTemplateData={"SecurityGroupIds": [{"Ref": "Back"}]})
        ways: dict[str, Any] = {
            "TargetGroupARNs": [{"Ref": "Group"}],
            "TrafficSources": [{"Identifier": {"Ref": "Group"}, "Type": "elbv2"}],
        }
        own = {registers: ways[registers]} if registers in ways else {}
        net.add("Asg", "AutoScaling::AutoScalingGroup", VPCZoneIdentifier=[{"Ref": "Aa"}],
                LaunchTemplate={"LaunchTemplateId": {"Ref": "Launch"}}, **own)  # fmt: skip
        network = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Aa"}], "SecurityGroups": [{"Ref": "Back"}]}}
        served = {"TargetGroupArn": {"Ref": "Group"}, "ContainerName": "c", "ContainerPort": 80}
        if registers.startswith("tasks"):
            of_tasks = {"NetworkConfiguration": network} if registers == "tasks" else {}
            net.add("Service", "ECS::Service", LoadBalancers=[served], **of_tasks)
        asked = "Service" if registers == "tasks" else "Asg"
        expected = Verdict.UNKNOWN if registers == "tasks on instances" else Verdict.FAILS
        contracts = {"public-addresses": {"Aa": False}}
        proof = net.network(contracts=contracts).prove(isolated("internet", asked))
        assert proof.verdict is expected, str(proof)
        assert ("through Net/Lb" in proof.reason) is (expected is Verdict.FAILS)
        # Another in the same subnet is none of them, but that tasks may run on any instance.
        net.add("Beside", "EC2::Instance", SubnetId={"Ref": "Aa"}, SecurityGroupIds=[{"Ref": "Back"}])
        beside = net.network(contracts=contracts).prove(isolated("internet", "Beside"))
        assert beside.verdict is (Verdict.UNKNOWN if expected is Verdict.UNKNOWN else Verdict.HOLDS), str(beside)

    def test_a_load_balancer_behind_another_is_asked_of_itself(self) -> None:
        net = balanced(scheme="internal", balancer_rule=ANYWHERE, host_rule=ANYWHERE)
        net.resources["Lb"]["Properties"]["Subnets"] = [{"Ref": "Aa"}, {"Ref": "Ab"}]
        net.add("Outer", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internet-facing",
                Subnets=[{"Ref": "Aap"}, {"Ref": "Abp"}])  # fmt: skip
        net.add("Inner", "ElasticLoadBalancingV2::TargetGroup", TargetType="alb", Protocol="TCP", Port=80,
                VpcId={"Ref": "A"}, Targets=[{"Id": {"Ref": "Lb"}}])  # fmt: skip
        net.add("OuterListener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Outer"}, Protocol="TCP",
                Port=443, DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Inner"}}])  # fmt: skip
        for port, expected in ((443, Verdict.FAILS), (80, Verdict.FAILS), (81, Verdict.HOLDS)):
            words = ["through Net/Outer"] if expected is Verdict.FAILS else []
            assert verdict(net, isolated("internet", "Lb", port=port), *words) is expected
        del net.resources["OuterListener"]
        net.resources["Outer"]["Properties"]["Scheme"] = "internal"
        assert verdict(net, isolated("internet", "Lb")) is Verdict.HOLDS

    @pytest.mark.parametrize(
        ("kind", "attribute"), [("Instance", "PrivateIp"), ("Interface", "PrimaryPrivateIpAddress")]
    )
    def test_a_target_by_the_address_that_a_host_gives(self, kind: str, attribute: str) -> None:
        net = balanced("network", target="ip")
        groups = {"SecurityGroupIds" if kind == "Instance" else "GroupSet": [{"Ref": "Back"}]}
        made = "EC2::Instance" if kind == "Instance" else "EC2::NetworkInterface"
        net.add("Free", made, SubnetId={"Ref": "Aa"}, **groups)
        net.resources["Group"]["Properties"]["Targets"] = [{"Id": {"Fn::GetAtt": ["Free", attribute]}}]
        assert verdict(net, isolated("internet", "Free"), "through Net/Lb") is Verdict.FAILS
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS

    def test_a_scaling_group_registers(self) -> None:
        net = balanced()
        del net.resources["Group"]["Properties"]["Targets"], net.resources["Host"]
        data = {"SecurityGroupIds": [{"Ref": "Back"}]}
        net.add("Launch", "EC2::LaunchTemplate", LaunchTemplateData=data)
        net.add("Asg", "AutoScaling::AutoScalingGroup", VPCZoneIdentifier=[{"Ref": "Aa"}],
                TargetGroupARNs=[{"Ref": "Group"}], LaunchTemplate={"LaunchTemplateId": {"Ref": "Launch"}})  # fmt: skip
        apart(net, "Ab", "Aa")
        assert verdict(net, isolated("Ab", "Aa"), "to Net/Asg in Net/Aa") is Verdict.FAILS
        net.resources["Back"]["Properties"]["SecurityGroupIngress"] = []
        assert verdict(net, isolated("Ab", "Aa")) is Verdict.HOLDS

    def test_a_service_registers(self) -> None:
        net = balanced(scheme="internal")
        del net.resources["Group"]["Properties"]["Targets"], net.resources["Host"]
        net.resources["Group"]["Properties"]["TargetType"] = "ip"
        network = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Ab"}], "SecurityGroups": [{"Ref": "Back"}]}}
        net.add("Service", "ECS::Service", NetworkConfiguration=network,
                LoadBalancers=[{"TargetGroupArn": {"Ref": "Group"}, "ContainerPort": 8080}])  # fmt: skip
        apart(net, "Aa", "Ab")
        assert verdict(net, isolated("Aa", "Ab"), "to Net/Service in Net/Ab") is Verdict.FAILS

    def test_one_behind_another(self) -> None:
        net = balanced(scheme="internal")
        net.add("Nlb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Subnets=[{"Ref": "Aap"}, {"Ref": "Abp"}])
        net.add("Outer", "ElasticLoadBalancingV2::TargetGroup", TargetType="alb", Protocol="TCP", Port=80,
                VpcId={"Ref": "A"}, Targets=[{"Id": {"Ref": "Lb"}, "Port": 80}])  # fmt: skip
        net.add("OuterListener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Nlb"}, Protocol="TCP",
                Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Outer"}}])  # fmt: skip
        assert verdict(net, isolated("internet", "Host"), "load balancer Net/Nlb: to Net/Lb") is Verdict.FAILS

    def test_a_balancer_is_a_place(self) -> None:
        net = balanced()
        assert verdict(net, reaches("internet", "Lb", port=80)) is Verdict.HOLDS
        assert verdict(net, reaches("internet", "Lb", port=443), "has no listener for it") is Verdict.FAILS
        assert verdict(net, reaches("Lb", "Host", port=8080)) is Verdict.HOLDS
        assert verdict(net, reaches("Lb", "Host", port=22)) is Verdict.FAILS
        assert verdict(balanced(scheme="internal"), reaches("internet", "Lb", port=80)) is Verdict.FAILS

    def test_a_target_that_is_not_known(self) -> None:
        net = balanced()
        net.extra = {"Parameters": {"Open": {"Type": "String"}}}
        net.resources["Listener"]["Properties"]["DefaultActions"][0]["TargetGroupArn"] = {"Ref": "Open"}
        assert verdict(net, isolated("internet", "Host"), "Net/Listener forwards to") is Verdict.UNKNOWN

    def test_without_a_listener_in_the_set(self) -> None:
        net = balanced()
        del net.resources["Listener"]
        words = "Net/Lb has no listener in the set", "(contract: harmless, Net/Lb)"
        assert verdict(net, isolated("internet", "Host"), *words) is Verdict.UNKNOWN
        proof = net.network(contracts={"harmless": ["Lb"]}).prove(isolated("internet", "Host"))
        assert (proof.verdict, proof.contracts) == (Verdict.HOLDS, ("harmless Lb",))

    def test_ipv6_is_a_doubt(self) -> None:
        net = balanced(scheme="internal")
        net.resources["Lb"]["Properties"]["IpAddressType"] = "dualstack"
        assert verdict(net, isolated("internet", "Host"), "Net/Lb (AWS::ElasticLoadBalancingV2") is Verdict.UNKNOWN

    def test_they_carry_ipv4_alone(self) -> None:
        for net, source in ((balanced(), "Ab"), (linked(), "Aa")):
            assert net.network().prove(isolated(source, "Host")).flows > 0
            proof = net.network().prove(isolated(source, "Host", family=6))
            assert (proof.verdict, proof.flows) == (Verdict.UNKNOWN, 0)

    def test_what_has_no_ipv4_gets_to_none_of_its_interfaces(self) -> None:
        net = balanced()
        net.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6CidrBlock="2600:1f18::/56")
        net.subnet("A", "c", "")
        properties = net.resources["Ac"]["Properties"]
        del properties["CidrBlock"]
        properties |= {"Ipv6CidrBlock": "2600:1f18::/64", "Ipv6Native": True}
        assert verdict(net, isolated("Ab", "Host")) is Verdict.FAILS
        assert net.network().prove(isolated("Ac", "Host")).flows == 0

    def test_around_the_firewall(self) -> None:
        net = inspection()
        net.subnet("S1", "x", "10.0.6.0/24", az="eu-west-1c")
        group(net, "Front", "S1", ANYWHERE)
        net.add("Lb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internal",
                Subnets=[{"Ref": "S1a"}], SecurityGroups=[{"Ref": "Front"}])  # fmt: skip
        net.host("Host", "S1a")
        net.resources["Host"]["Properties"]["PrivateIpAddress"] = "10.0.4.10"
        net.add("Group", "ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Protocol="TCP", Port=80,
                VpcId={"Ref": "S1"}, Targets=[{"Id": "10.0.4.10"}])  # fmt: skip
        net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Lb"}, Protocol="TCP", Port=80,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
        # What goes to the load balancer is inspected on its way there, and so is what it passes on.
        assert verdict(net, inspected("S0a", "S1a")) is Verdict.HOLDS
        assert verdict(net, no_bypass("S0a", "S1a")) is Verdict.HOLDS
        net.add("Service", "EC2::VPCEndpointService", NetworkLoadBalancerArns=[{"Ref": "Lb"}], AcceptanceRequired=False)
        name = {"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Service}"}
        group(net, "EndpointGroup", "S0", ANYWHERE)
        net.add("Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": "S0"}, ServiceName=name,
                SubnetIds=[{"Ref": "S0a"}], SecurityGroupIds=[{"Ref": "EndpointGroup"}])  # fmt: skip
        assert verdict(net, no_bypass("S0a", "S1a"), "around the firewall", "Net/Endpoint") is Verdict.FAILS
        assert verdict(net, inspected("S0a", "S1a"), "it is not inspected") is Verdict.FAILS


def linked(**changes: Any) -> Topology:
    """Two VPCs with the same range; the one has an endpoint of a service of the other."""
    net = Topology()
    net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
    net.vpc("B", "10.0.0.0/16", a="10.0.1.0/24", ah="10.0.2.0/24")
    net.host("Host", "Bah")
    net.add("Nlb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internal", Subnets=[{"Ref": "Ba"}])
    net.resources["Host"]["Properties"]["PrivateIpAddress"] = "10.0.2.10"
    net.add("Group", "ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Protocol="TCP", Port=80,
            VpcId={"Ref": "B"}, Targets=[{"Id": "10.0.2.10"}])  # fmt: skip
    net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Nlb"}, Protocol="TCP", Port=443,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
    net.add("Service", "EC2::VPCEndpointService", NetworkLoadBalancerArns=[{"Ref": "Nlb"}], AcceptanceRequired=False)
    group(net, "Door", "A", ANYWHERE)
    name = {"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Service}"}
    net.add("Endpoint", "EC2::VPCEndpoint", VpcEndpointType="Interface", VpcId={"Ref": "A"}, ServiceName=name,
            SubnetIds=[{"Ref": "Aa"}], SecurityGroupIds=[{"Ref": "Door"}])  # fmt: skip
    for resource, properties in changes.items():
        net.resources[resource]["Properties"].update(properties)
    return net


class TestPrivateLink:
    def test_ranges_that_overlap_do_not_matter(self) -> None:
        assert verdict(linked(), isolated("Aa", "Host"), "interface endpoint Net/Endpoint") is Verdict.FAILS
        assert verdict(linked(), isolated("Aa", "Bah")) is Verdict.FAILS
        assert verdict(linked(), isolated("Host", "Aa")) is Verdict.HOLDS
        assert verdict(linked(), isolated("internet", "Host")) is Verdict.HOLDS

    def test_a_load_balancer_that_is_asked_of_itself(self) -> None:
        assert verdict(linked(), isolated("Aa", "Nlb", port=443), "Net/Nlb by Net/Service") is Verdict.FAILS
        assert verdict(linked(), isolated("Aa", "Nlb", port=80)) is Verdict.HOLDS
        assert verdict(linked(Service={"AcceptanceRequired": True}), isolated("Aa", "Nlb", port=443)) is Verdict.UNKNOWN
        assert verdict(linked(Service={"NetworkLoadBalancerArns": []}), isolated("Aa", "Nlb")) is Verdict.HOLDS

    def test_a_load_balancer_in_subnets_that_are_not_known(self) -> None:
        later = {"Fn::ImportValue": "later"}
        net = linked(Nlb={"Subnets": later}, Endpoint={"ServiceName": later})
        assert verdict(net, isolated("Aa", "Host"), "no stack of the set exports 'later'") is Verdict.UNKNOWN

    def test_acceptance(self) -> None:
        net = linked(Service={"AcceptanceRequired": True})
        assert verdict(net, isolated("Aa", "Host"), "whether Net/Service accepts Net/Endpoint") is Verdict.UNKNOWN
        assert verdict(net, reaches("Aa", "Endpoint", port=443)) is Verdict.UNKNOWN
        contracts = {"harmless": ["Endpoint"]}
        proof = net.network(contracts=contracts).prove(isolated("Aa", "Host"))
        assert (proof.verdict, proof.contracts) == (Verdict.HOLDS, ("harmless Endpoint",))

    @pytest.mark.parametrize(
        ("account", "allowed", "known"),
        [
            ("111122223333", [], True),
            ("", [], True),
            ("444455556666", [], False),
            ("444455556666", ["arn:aws:iam::444455556666:root"], True),
            ("444455556666", ["*"], True),
            ("444455556666", ["arn:aws:iam::777788889999:root", "arn:aws:iam::444455556666:role/other"], False),
        ],
    )
    def test_allowed_principals(self, account: str, allowed: list[str], *, known: bool) -> None:
        net = linked()
        consumer = {name: net.resources.pop(name) for name in ("A", "Aa", "Door", "Endpoint")}
        consumer["Endpoint"]["Properties"]["ServiceName"] = {"Ref": "Service"}
        if allowed:
            given = {"ServiceId": {"Ref": "Service"}, "AllowedPrincipals": allowed}
            net.add("Permissions", "EC2::VPCEndpointServicePermissions", **given)
        template = {"Parameters": {"Service": {"Type": "String"}}, "Resources": consumer}
        sources = [
            StackSource("Net", net.template(), account="111122223333"),
            StackSource("Consumer", template, account=account),
        ]
        contracts = Contracts.from_data({"parameters": {"Consumer": {"Service": {"resource": "Net/Service"}}}})
        proof = Network(sources, contracts).prove(isolated("Aa", "Host"))
        if known:
            assert proof.verdict is Verdict.FAILS, str(proof)
        else:
            assert proof.verdict is Verdict.UNKNOWN, str(proof)
            assert "whether Net/Service allows Consumer/Endpoint of account 444455556666" in proof.reason

    def test_what_the_groups_of_both_sides_deny(self) -> None:
        assert verdict(linked(Door={"SecurityGroupIngress": []}), isolated("Aa", "Host")) is Verdict.HOLDS
        net = linked()
        group(net, "Guard", "B", {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "192.0.2.0/24"})
        nlb = net.resources["Nlb"]["Properties"]
        nlb["SecurityGroups"] = [{"Ref": "Guard"}]
        assert verdict(net, isolated("Aa", "Host")) is Verdict.HOLDS
        nlb["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"
        assert verdict(net, isolated("Aa", "Host")) is Verdict.FAILS

    def test_an_endpoint_is_a_place(self) -> None:
        assert verdict(linked(), reaches("Aa", "Endpoint", port=443)) is Verdict.HOLDS
        assert verdict(linked(), reaches("Aa", "Endpoint", port=80), "has no listener for it") is Verdict.FAILS

    def test_a_zone_in_which_the_service_is_not(self) -> None:
        net = linked()
        net.resources["Aa"]["Properties"]["AvailabilityZone"] = "eu-west-1c"
        assert verdict(net, isolated("Aa", "Host"), "AWS refuses: Net/Service is not offered in") is Verdict.UNKNOWN

    def test_a_service_of_aws(self) -> None:
        net = linked(Endpoint={"ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"}})
        for name in ("Listener", "Group", "Nlb", "Service"):
            del net.resources[name]
        assert verdict(net, isolated("Aa", "s3"), "s3 by Net/Endpoint") is Verdict.FAILS
        assert verdict(net, isolated("Aa", "dynamodb")) is Verdict.HOLDS
        net.resources["Door"]["Properties"]["SecurityGroupIngress"] = []
        assert verdict(net, isolated("Aa", "s3")) is Verdict.HOLDS


def accelerated(**configuration: Any) -> Topology:
    net = balanced(scheme="internal", host_rule={"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
                                                 "CidrIp": "0.0.0.0/0"})  # fmt: skip
    net.add("Ga", "GlobalAccelerator::Accelerator", Name="ga")
    net.add("GaListener", "GlobalAccelerator::Listener", AcceleratorArn={"Ref": "Ga"}, Protocol="TCP",
            PortRanges=[{"FromPort": 80, "ToPort": 80}])  # fmt: skip
    net.add("Endpoints", "GlobalAccelerator::EndpointGroup", ListenerArn={"Ref": "GaListener"},
            EndpointGroupRegion="eu-west-1", EndpointConfigurations=[configuration])  # fmt: skip
    return net


def shut(net: Topology) -> None:
    """Give each subnet a network ACL that lets nothing in."""
    net.add("Shut", "EC2::NetworkAcl", VpcId={"Ref": "A"})
    for subnet in [name for name, one in net.resources.items() if one["Type"] == "AWS::EC2::Subnet"]:
        net.add(f"ShutOf{subnet}", "EC2::SubnetNetworkAclAssociation", NetworkAclId={"Ref": "Shut"},
                SubnetId={"Ref": subnet})  # fmt: skip


class TestAccelerators:
    def test_to_an_instance_at_the_listeners_port_alone(self) -> None:
        net = accelerated(EndpointId={"Ref": "Host"})
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS
        overrides = [{"ListenerPort": 80, "EndpointPort": 8080}]
        net.resources["Endpoints"]["Properties"]["PortOverrides"] = overrides
        assert verdict(net, isolated("internet", "Host"), "accelerator Net/Endpoints: to Net/Host") is Verdict.FAILS

    def test_to_an_internal_load_balancer(self) -> None:
        net = accelerated(EndpointId={"Ref": "Lb"})
        assert verdict(net, isolated("internet", "Host"), "accelerator Net/Endpoints") is Verdict.FAILS
        del net.resources["AIgwAt"]
        for name in [name for name, one in net.resources.items() if one["Type"] == "AWS::EC2::Route"]:
            del net.resources[name]
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS

    @pytest.mark.parametrize("keeps", [True, False, None])
    def test_no_network_acl_is_asked_where_the_address_of_the_client_stays(self, keeps: bool | None) -> None:
        kept = {} if keeps is None else {"ClientIPPreservationEnabled": keeps}
        net = accelerated(EndpointId={"Ref": "Host"}, **kept)
        net.resources["Endpoints"]["Properties"]["PortOverrides"] = [{"ListenerPort": 80, "EndpointPort": 8080}]
        shut(net)
        assert verdict(net, isolated("internet", "Host")) is (Verdict.HOLDS if keeps is False else Verdict.FAILS)

    def test_to_the_subnet_of_an_internal_load_balancer(self) -> None:
        net = accelerated(EndpointId={"Ref": "Lb"})
        subnet = net.resources["Lb"]["Properties"]["Subnets"][0]["Ref"]
        shut(net)
        assert verdict(net, isolated("internet", subnet), "by Net/Endpoints") is Verdict.FAILS
        del net.resources["Endpoints"]
        assert verdict(net, isolated("internet", subnet)) is Verdict.HOLDS

    def test_one_without_a_load_balancer(self) -> None:
        net = accelerated(EndpointId={"Ref": "Host"})
        for name in ("Lb", "Listener", "Group"):
            del net.resources[name]
        net.resources["GaListener"]["Properties"]["PortRanges"] = [{"FromPort": 8080, "ToPort": 8080}]
        assert verdict(net, isolated("internet", "Host"), "by Net/Endpoints") is Verdict.FAILS

    def test_to_an_address(self) -> None:
        net = accelerated(EndpointId={"Fn::GetAtt": ["Address", "AllocationId"]})
        net.add("Address", "EC2::EIP", Domain="vpc")
        assert verdict(net, isolated("internet", "Host")) is Verdict.HOLDS


class TestGatewayLoadBalancers:
    def network(self, **changes: Any) -> Topology:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", ae="10.0.2.0/24")
        net.vpc("M", "10.9.0.0/16", a="10.9.1.0/24", b="10.9.2.0/24")
        gateway = net.internet_gateway("A")
        net.host("Box", "Ma")
        net.add("Gwlb", "ElasticLoadBalancingV2::LoadBalancer", Type="gateway", Subnets=[{"Ref": "Ma"}])
        net.add("Group", "ElasticLoadBalancingV2::TargetGroup", Protocol="GENEVE", Port=6081, VpcId={"Ref": "M"},
                TargetType="instance", Targets=[{"Id": {"Ref": "Box"}}])  # fmt: skip
        net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Gwlb"},
                DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
        net.add("Service", "EC2::VPCEndpointService", GatewayLoadBalancerArns=[{"Ref": "Gwlb"}],
                AcceptanceRequired=False)  # fmt: skip
        net.add("Endpoint", "EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer", VpcId={"Ref": "A"},
                ServiceName={"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Service}"},
                SubnetIds=[{"Ref": "Aae"}])  # fmt: skip
        net.table("A", "Private", "a", routes={"0.0.0.0/0": {"Ref": "Endpoint"}})
        net.table("A", "Door", "ae", routes={"0.0.0.0/0": gateway})
        net.table("A", "Edge", routes={"10.0.1.0/24": {"Ref": "Endpoint"}})
        net.add("EdgeOf", "EC2::GatewayRouteTableAssociation", GatewayId=gateway, RouteTableId={"Ref": "Edge"})
        net.resources["Aa"]["Properties"]["MapPublicIpOnLaunch"] = True
        for resource, properties in changes.items():
            net.resources[resource]["Properties"].update(properties)
        return net

    PROMISE = reaches("Aa", "internet", port=443)

    def test_it_passes_on_what_its_targets_return(self) -> None:
        assert verdict(self.network(), self.PROMISE) is Verdict.HOLDS

    def test_without_a_listener(self) -> None:
        net = self.network()
        del net.resources["Listener"]
        assert verdict(net, self.PROMISE, "has no listener") is Verdict.FAILS

    def test_without_a_target(self) -> None:
        assert verdict(self.network(Group={"Targets": []}), self.PROMISE, "no target of Net/Gwlb") is Verdict.UNKNOWN

    def test_a_target_in_another_zone(self) -> None:
        net = self.network(Box={"SubnetId": {"Ref": "Mb"}})
        assert verdict(net, self.PROMISE, "has no target in eu-west-1a") is Verdict.FAILS
        attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
        net.resources["Gwlb"]["Properties"]["LoadBalancerAttributes"] = attributes
        assert verdict(net, self.PROMISE) is Verdict.HOLDS

    def test_acceptance(self) -> None:
        net = self.network(Service={"AcceptanceRequired": True})
        assert verdict(net, self.PROMISE, "whether Net/Service accepts Net/Endpoint") is Verdict.UNKNOWN
