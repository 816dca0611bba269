"""What a firewall's policy says, as it is read, and what `inspected` makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes import Verdict, inspected, isolated, reaches
from patternkit.routes.addresses import EVERY_PORT, EVERY_PROTOCOL, EVERYTHING, parse_prefix, span_of
from patternkit.routes.model import AclRule, FirewallPolicy
from patternkit.routes.proving import Proof
from tests.patternkit.routes.topologies import Topology, inspection

GROUP = {"ResourceArn": {"Ref": "Rules"}, "Priority": 1}
NO_RULES = "Net/Policy has no stateful rules and drops nothing by default: it lets everything pass"


def net(*definitions: dict[str, Any], **body: Any) -> Topology:
    """An inspection network of one zone, whose policy has a stateless rule group where rules are given."""
    made = inspection(letters="a")
    policy = made.resources["Policy"]["Properties"]["FirewallPolicy"]
    if definitions:
        listed = [{"Priority": 10 + number, "RuleDefinition": one} for number, one in enumerate(definitions)]
        source = {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}
        made.add("Rules", "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup={"RulesSource": source})
        policy["StatelessRuleGroupReferences"] = [GROUP]
    policy.update(body)
    return made


def policy_of(made: Topology) -> FirewallPolicy:
    (firewall,) = made.network().model.firewalls.values()
    assert isinstance(firewall.policy, FirewallPolicy)
    return firewall.policy


def asked(made: Topology, port: int | None = 443, **options: Any) -> Proof:
    promise = inspected("S0a", "S1a", port=port, **options) if port else inspected("S0a", "S1a", **options)
    return made.network().prove(promise)


def block(text: str) -> Any:
    found = parse_prefix(text)
    assert found is not None
    return span_of(found)


MATCH = {
    "Protocols": [6, 17],
    "Sources": [{"AddressDefinition": "10.0.0.0/16"}, {"AddressDefinition": "10.1.0.0/16"}],
    "Destinations": [{"AddressDefinition": "10.2.0.0/16"}],
    "SourcePorts": [{"FromPort": 5000, "ToPort": 5001}],
    "DestinationPorts": [{"FromPort": 443, "ToPort": 444}, {"FromPort": 80, "ToPort": 80}],
}


def test_a_stateless_rule_is_read_whole() -> None:
    policy = policy_of(net({"Actions": ["aws:pass"], "MatchAttributes": MATCH}))
    assert policy.stateless_passes == [
        AclRule(
            4,
            ((6, 6), (17, 17)),
            (block("10.0.0.0/15")[0],),
            ((80, 80), (443, 444)),
            local=block("10.2.0.0/16"),
            local_ports=((5000, 5001),),
            text="Net/Rules",
        )
    ]


@pytest.mark.parametrize(
    ("action", "allows", "drops"),
    [("aws:pass", True, False), ("aws:drop", False, True), ("aws:forward_to_sfe", False, False)],
)  # fmt: skip
def test_a_rule_of_everything_is_one_of_each_family(action: str, *, allows: bool, drops: bool) -> None:
    rules = policy_of(net({"Actions": [action], "MatchAttributes": {}})).stateless_passes
    assert rules == [
        AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT, allows, EVERYTHING[family], EVERY_PORT,
                drops=drops, text="Net/Rules")
        for family in (4, 6)
    ]  # fmt: skip


def test_rules_come_in_their_order_and_so_do_groups() -> None:
    made = net()
    for name, priority in (("Late", 20), ("Early", 3)):
        definition = {"Actions": ["aws:drop"], "MatchAttributes": {"Protocols": [priority]}}
        other = {"Actions": ["aws:drop"], "MatchAttributes": {"Protocols": [priority + 1]}}
        listed = [{"Priority": 9, "RuleDefinition": other}, {"Priority": 2, "RuleDefinition": definition}]
        source = {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}
        made.add(name, "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup={"RulesSource": source})
    made.resources["Policy"]["Properties"]["FirewallPolicy"]["StatelessRuleGroupReferences"] = [
        {"ResourceArn": {"Ref": name}, "Priority": priority} for name, priority in (("Late", 20), ("Early", 3))
    ]
    rules = policy_of(made).stateless_passes
    assert isinstance(rules, list)
    assert [rule.protocols[0][0] for rule in rules if rule.family == 4] == [3, 4, 20, 21]


@pytest.mark.parametrize(("action", "count"), [("aws:pass", 2), ("aws:drop", 2), ("aws:forward_to_sfe", 0)])
def test_a_rule_by_flags_of_tcp_passes_some_and_drops_not_surely_all(action: str, count: int) -> None:
    flags = {"TCPFlags": [{"Flags": ["SYN"]}]}
    rules = policy_of(net({"Actions": [action], "MatchAttributes": flags})).stateless_passes
    assert isinstance(rules, list)
    assert len(rules) == count
    assert all(bool(rule.doubt) is (action == "aws:drop") for rule in rules)


@pytest.mark.parametrize(
    ("flags", "in_doubt"),
    [
        ({"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}, True),
        ({"Flags": ["SYN"], "Masks": ["SYN"]}, True),
        ({"Flags": ["SYN", "ACK"]}, True),
        ({"Flags": ["ACK"], "Masks": ["ACK"]}, True),
        ({"Flags": ["FIN"], "Masks": ["FIN"]}, True),
        ({"Flags": []}, False),
        ({"Flags": ["FIN", "PSH", "URG"]}, False),
        ({"Flags": ["SYN", "FIN"], "Masks": ["SYN", "FIN"]}, False),
        ({"Flags": ["RST"], "Masks": ["RST"]}, False),
    ],
)
def test_packets_that_are_dropped_by_their_flags(flags: dict[str, Any], in_doubt: bool) -> None:
    """Those that no connection has may be dropped."""
    made = net({"Actions": ["aws:drop"], "MatchAttributes": {"TCPFlags": [flags]}})
    proof = made.network().prove(reaches("S0a", "S1a", port=443))
    reason = "a stateless rule of Net/Rules drops packets of connections by their TCP flags (contract: policies)"
    assert (proof.verdict, proof.reason) == ((Verdict.UNKNOWN, reason) if in_doubt else (Verdict.HOLDS, ""))
    assert made.network().prove(reaches("S0a", "S1a", port=53, protocol="udp")).verdict is Verdict.HOLDS
    lifted = made.network(contracts={"policies": {"Fw": "inspects"}}).prove(reaches("S0a", "S1a", port=443))
    assert lifted.verdict is Verdict.HOLDS


def without_policy() -> Topology:
    made = net()
    made.resources["Fw"]["Properties"]["FirewallPolicyArn"] = {"Fn::ImportValue": "later"}
    return made


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (without_policy(), "the policy of Net/Fw: "),
        (
            net(StatelessRuleGroupReferences=[{"ResourceArn": "arn:aws:x", "Priority": 1}]),
            "the rule group arn:aws:x of Net/Policy is not in the set (contract: policies)",
        ),
        (
            net(StatelessDefaultActions=[{"Fn::ImportValue": "later"}]),
            "the actions of Net/Policy are not known (contract: policies)",
        ),
    ],
)
def test_a_policy_that_is_not_known_may_drop(made: Topology, reason: str) -> None:
    for promise in (reaches("S0a", "S1a", port=443), isolated("S0a", "S1a", port=443)):
        proof = made.network().prove(promise)
        assert proof.verdict is Verdict.UNKNOWN, str(proof)
        assert proof.reason.startswith(reason)
    declared = {does: made.network(contracts={"policies": {"Fw": does}}) for does in ("inspects", "drops")}
    for does, network in declared.items():
        through, apart = (network.prove(kind("S0a", "S1a", port=443)) for kind in (reaches, isolated))
        expected = (Verdict.HOLDS, Verdict.FAILS) if does == "inspects" else (Verdict.FAILS, Verdict.HOLDS)
        assert (through.verdict, apart.verdict) == expected
        assert does == "drops" or through.contracts == ("policies Fw",)


@pytest.mark.parametrize(
    ("changes", "through"),
    [
        ({}, Verdict.FAILS),
        ({"StatelessDefaultActions": ["aws:pass"]}, Verdict.HOLDS),
        ({"StatefulRuleGroupReferences": [{"ResourceArn": "arn:aws:x", "Priority": 1}]}, Verdict.HOLDS),
        ({"StatefulDefaultActions": ["aws:alert_strict"]}, Verdict.HOLDS),
    ],
)
def test_without_stateful_rules_all_is_dropped_that_is_not_passed(changes: dict[str, Any], through: Verdict) -> None:
    strict = {"StatefulDefaultActions": ["aws:drop_strict"], "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}}
    proof = net(**{**strict, **changes}).network().prove(reaches("S0a", "S1a", port=443))
    assert proof.verdict is through
    dropped = "it is lost: Net/Policy has no stateful rules, and drops what gets to them"
    assert proof.reason == (dropped if through is Verdict.FAILS else "")
    if not changes:
        match = {"Protocols": [6], "DestinationPorts": [{"FromPort": 22, "ToPort": 22}]}
        back = {"Protocols": [6], "SourcePorts": [{"FromPort": 22, "ToPort": 22}]}
        rules = ({"Actions": ["aws:pass"], "MatchAttributes": one} for one in (match, back))
        some = net(*rules, **strict).network()
        assert some.prove(reaches("S0a", "S1a", port=22)).verdict is Verdict.HOLDS
        assert some.prove(isolated("S0a", "S1a", port=80)).verdict is Verdict.HOLDS


@pytest.mark.parametrize("where", ["of rules", "of groups"])
def test_priorities_are_there_once(where: str) -> None:
    drop = {"Actions": ["aws:drop"], "MatchAttributes": {"Protocols": [17]}}
    made = net(drop, drop)
    if where == "of groups":
        policy = made.resources["Policy"]["Properties"]["FirewallPolicy"]
        policy["StatelessRuleGroupReferences"] = [GROUP, {**GROUP, "ResourceArn": "arn:aws:x"}]
        refused = "Net/Policy has the priority 1 twice [InvalidRequestException]"
    else:
        assert not made.network().model.refused
        rules = made.resources["Rules"]["Properties"]["RuleGroup"]["RulesSource"]["StatelessRulesAndCustomActions"]
        rules["StatelessRules"][1]["Priority"] = rules["StatelessRules"][0]["Priority"]
        refused = "Net/Rules has the priority 10 twice [InvalidRequestException]"
    assert made.network().model.refused == [refused]


@pytest.mark.parametrize(
    "definition",
    [
        {"Actions": {"Ref": "AWS::NoValue"}, "MatchAttributes": {"Sources": [{"AddressDefinition": "ten"}]}},
        {"Actions": ["aws:pass"], "MatchAttributes": {"Protocols": ["tcp"]}},
        {"Actions": ["aws:pass"], "MatchAttributes": {"SourcePorts": [{"FromPort": 1}]}},
        {"Actions": "aws:pass", "MatchAttributes": {}},
        {"Actions": [{"Fn::ImportValue": "later"}], "MatchAttributes": {}},
    ],
    ids=str,
)
def test_rules_that_are_not_known(definition: dict[str, Any]) -> None:
    made = net(definition)
    assert policy_of(made).stateless_passes == Unknown("the rules of Net/Rules are not known (contract: policies)")
    proof = asked(made)
    assert (proof.verdict, proof.reason) == (
        Verdict.UNKNOWN,
        "the rules of Net/Rules are not known (contract: policies)",
    )


def test_an_order_of_groups_that_is_not_known() -> None:
    later = {"Fn::ImportValue": "later"}
    made = net(StatelessRuleGroupReferences=[{"ResourceArn": {"Ref": "Rules"}, "Priority": later}])
    made.add("Rules", "NetworkFirewall::RuleGroup", RuleGroup={"RulesSource": {
        "StatelessRulesAndCustomActions": {"StatelessRules": []}}})  # fmt: skip
    reason = "the order of the rule groups of Net/Policy is not known (contract: policies)"
    assert policy_of(made).stateless_passes == Unknown(reason)
    made.resources["Policy"]["Properties"]["FirewallPolicy"]["StatelessRuleGroupReferences"][0]["Priority"] = 1
    assert policy_of(made).stateless_passes == []


@pytest.mark.parametrize("actions", [{"Fn::ImportValue": "later"}, [{"Fn::ImportValue": "later"}]], ids=str)
def test_whether_it_drops_anything_is_not_known(actions: Any) -> None:
    made = net(StatefulDefaultActions=actions)
    reason = "the actions of Net/Policy are not known (contract: policies)"
    assert policy_of(made).filters == Unknown(reason)
    assert f"whether Net/Policy drops anything is not known: {reason}" in asked(made).notes
    made = net(StatefulDefaultActions=actions, StatefulRuleGroupReferences=[{"ResourceArn": "arn"}])
    assert policy_of(made).filters is True


def test_a_group_that_is_not_in_the_set() -> None:
    proof = asked(net(StatelessRuleGroupReferences=[{"ResourceArn": "arn:aws:x", "Priority": 1}]))
    assert proof.reason == "the rule group arn:aws:x of Net/Policy is not in the set (contract: policies)"
    proof = asked(net(StatelessRuleGroupReferences={"Fn::ImportValue": "later"}))
    assert proof.reason == "the stateless rule groups of Net/Policy are not known (contract: policies)"


@pytest.mark.parametrize(
    ("body", "filters"),
    [
        ({"StatefulDefaultActions": ["aws:alert_strict", "aws:drop_established"]}, True),
        ({"StatefulDefaultActions": ["aws:alert_strict"]}, False),
        ({"StatefulDefaultActions": []}, False),
        ({"StatefulDefaultActions": [], "StatefulRuleGroupReferences": [{"ResourceArn": "arn"}]}, True),
    ],
    ids=str,
)
def test_one_without_stateful_rules_lets_everything_pass(body: dict[str, Any], *, filters: bool) -> None:
    made = net(**body)
    assert policy_of(made).filters is filters
    proof = asked(made)
    assert proof.verdict is Verdict.HOLDS, str(proof)
    assert (NO_RULES in proof.notes) is not filters


@pytest.mark.parametrize(
    ("actions", "verdict", "reason"),
    [
        (["aws:forward_to_sfe"], Verdict.HOLDS, ""),
        (["custom", "aws:forward_to_sfe"], Verdict.HOLDS, ""),
        (["aws:drop"], Verdict.FAILS, "no flow arrives at all: the stateless rules of Net/Policy drop it"),
        (["aws:pass"], Verdict.FAILS,
         "Net/Policy passes packets without inspection: its stateless default action is aws:pass"),
        (["one", "other"], Verdict.FAILS,
         "Net/Policy has no stateless default action aws:forward_to_sfe: one, other"),
        ([], Verdict.FAILS, "Net/Policy has no stateless default action aws:forward_to_sfe: "),
        ({"Fn::ImportValue": "later"}, Verdict.UNKNOWN,
         "the actions of Net/Policy are not known (contract: policies)"),
        ([{"Fn::ImportValue": "later"}], Verdict.UNKNOWN,
         "the actions of Net/Policy are not known (contract: policies)"),
    ],
    ids=str,
)  # fmt: skip
def test_the_default_of_stateless_rules(actions: Any, verdict: Verdict, reason: str) -> None:
    proof = asked(net(StatelessDefaultActions=actions))
    assert (proof.verdict, proof.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("actions", "verdict", "reason"),
    [
        (["aws:drop"], Verdict.HOLDS, ""),
        (["aws:pass"], Verdict.FAILS, "Net/Policy passes fragments of UDP without inspection"),
        ({"Fn::ImportValue": "later"}, Verdict.UNKNOWN,
         "the actions of Net/Policy are not known (contract: policies)"),
    ],
    ids=str,
)  # fmt: skip
def test_fragments_of_udp(actions: Any, verdict: Verdict, reason: str) -> None:
    proof = asked(net(StatelessFragmentDefaultActions=actions), 53, protocol="udp")
    assert (proof.verdict, proof.reason) == (verdict, reason)
    assert asked(net(StatelessFragmentDefaultActions=actions)).verdict is Verdict.HOLDS, "of TCP there are none"


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ({}, True),
        ({"Protocols": [17]}, False),
        ({"DestinationPorts": [{"FromPort": 443, "ToPort": 443}]}, True),
        # Replies to whoever takes that port.
        ({"DestinationPorts": [{"FromPort": 80, "ToPort": 80}]}, True),
        (
            {"DestinationPorts": [{"FromPort": 80, "ToPort": 80}], "SourcePorts": [{"FromPort": 81, "ToPort": 81}]},
            False,
        ),
        # A reply, by the port that it comes from; and packets of whoever takes that port.
        ({"SourcePorts": [{"FromPort": 443, "ToPort": 443}]}, True),
        ({"SourcePorts": [{"FromPort": 53, "ToPort": 53}]}, True),
        ({"Sources": [{"AddressDefinition": "172.16.0.0/12"}]}, False),
        ({"Destinations": [{"AddressDefinition": "10.0.0.0/16"}]}, True),
    ],
    ids=str,
)
def test_a_stateless_rule_that_passes(match: dict[str, Any], *, found: bool) -> None:
    proof = asked(net({"Actions": ["aws:pass"], "MatchAttributes": match}))
    assert proof.verdict is (Verdict.FAILS if found else Verdict.HOLDS), str(proof)
    assert ("a stateless rule of Net/Policy passes tcp " in proof.reason) is found
    forwards = net({"Actions": ["aws:forward_to_sfe"], "MatchAttributes": match}, {"Actions": ["aws:pass"],
                   "MatchAttributes": match})  # fmt: skip
    assert asked(forwards).verdict is Verdict.HOLDS, "the first rule takes them"


@pytest.mark.parametrize("default", ["aws:forward_to_sfe", "aws:drop"])
@pytest.mark.parametrize("action", ["aws:drop", "aws:pass", "aws:forward_to_sfe"])
def test_what_stateless_rules_drop_is_lost(default: str, action: str) -> None:
    https = {"Actions": [action], "MatchAttributes": {"DestinationPorts": [{"FromPort": 443, "ToPort": 443}]}}
    replies = {"Actions": [action], "MatchAttributes": {"SourcePorts": [{"FromPort": 443, "ToPort": 443}]}}
    network = net(https, replies, StatelessDefaultActions=[default]).network()
    for port, lost in ((443, action == "aws:drop"), (80, default == "aws:drop")):
        proof = network.prove(reaches("S0a", "S1a", port=port))
        assert proof.verdict is (Verdict.FAILS if lost else Verdict.HOLDS), str(proof)
        assert ("it is lost: the stateless rules of Net/Policy drop it" in proof.reason) is lost


@pytest.mark.parametrize(
    ("declared", "verdict", "reason"),
    [
        ("inspects", Verdict.HOLDS, ""),
        ("passes", Verdict.FAILS, "passes packets without inspection: its stateless default action is aws:pass"),
        ("drops", Verdict.FAILS, "no flow arrives at all: the stateless rules of policy of Net/Fw drop it"),
    ],
)
def test_a_policy_that_a_contract_tells(declared: str, verdict: Verdict, reason: str) -> None:
    made = net()
    made.resources["Fw"]["Properties"]["FirewallPolicyArn"] = "arn:aws:network-firewall:::firewall-policy/p"
    unknown = asked(made)
    assert unknown.verdict is Verdict.UNKNOWN
    assert (
        "the policy of Net/Fw: firewall policy arn:aws:network-firewall:::firewall-policy/p is not in the set"
        in str(unknown)
    )
    proof = made.network(contracts={"policies": {"Fw": declared}}).prove(inspected("S0a", "S1a", port=443))
    assert (proof.verdict, reason in proof.reason) == (verdict, True), str(proof)
    assert ("policies Fw" in proof.contracts) is (declared != "drops")
    # One that is known needs none.
    known = net().network(contracts={"policies": {"Fw": declared}}).prove(inspected("S0a", "S1a", port=443))
    assert (known.verdict, known.contracts) == (Verdict.HOLDS, ())
