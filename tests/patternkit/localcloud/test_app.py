"""An app's stacks are deployed one by one: what cannot run takes only those along that need it."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sqs as sqs

from patternkit.localcloud import LocalCloud, LocalCloudError
from tests.patternkit.localcloud import apps
from tests.patternkit.localcloud.conftest import Synth


def several(app: cdk.App) -> None:
    base = cdk.Stack(app, "Base")
    queue = sqs.Queue(base, "Queue")
    kept = cdk.CfnParameter(base, "Kind", type="String")
    cdk.CfnOutput(base, "Given", value=kept.value_as_string)
    user = cdk.Stack(app, "User")
    cdk.CfnOutput(user, "Arn", value=queue.queue_arn)
    network = cdk.Stack(app, "Network")
    vpc = ec2.Vpc(network, "Vpc", max_azs=1)
    cdk.CfnOutput(cdk.Stack(app, "OnNetwork"), "Id", value=vpc.vpc_id)
    inner = cdk.Stack(cdk.Stage(app, "Prod"), "Inner")
    sqs.Queue(cdk.NestedStack(inner, "Nested"), "Queue")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return apps.synthesize(tmp_path_factory.mktemp("several") / "cdk.out", several)


def test_what_cannot_run_is_left_out_with_what_needs_it(cloud: LocalCloud, assembly: Path) -> None:
    outcomes = {each.stack_name: each for each in cloud.deploy_each(assembly, parameters=["Base:Kind=blue"])}
    refused = {name: each.error.message for name, each in outcomes.items() if each.error}
    assert refused.keys() == {"Network", "OnNetwork"}
    assert "AWS::EC2::NatGateway" in refused["Network"]
    assert refused["OnNetwork"] == "OnNetwork needs Network, which is not deployed"
    base, user, inner = (outcomes[name].deployment for name in ("Base", "User", "Prod/Inner"))
    assert base is not None
    assert user is not None
    assert inner is not None
    assert base.outputs["Given"] == "blue"
    assert user.outputs["Arn"].endswith(base.physical_id("Queue").rpartition("/")[2])
    assert [each.type for each in inner.resources] == ["AWS::CloudFormation::Stack"]


def test_only_the_named_and_what_they_need_is_deployed(cloud: LocalCloud, assembly: Path) -> None:
    outcomes = cloud.deploy_each(assembly, ["User"], parameters=["Kind=red"])
    assert [each.stack_name for each in outcomes] == ["Base", "User"]
    assert all(each.deployment for each in outcomes)


def test_a_parameter_without_a_value_refuses_its_stack(cloud: LocalCloud, assembly: Path) -> None:
    base, user = cloud.deploy_each(assembly, ["User"])
    assert str(base.error) == "Base has parameters without a default: --parameter Kind=VALUE"
    assert str(user.error) == "User needs Base, which is not deployed"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Kind", "parameter must be NAME=VALUE or STACK:NAME=VALUE, got Kind"),
        (":Kind=x", "parameter must be NAME=VALUE or STACK:NAME=VALUE, got :Kind=x"),
        ("Knd=x", "parameter Knd is declared by no stack, got Knd=x; declared: Kind; did you mean Kind?"),
        ("User:Kind=x", "parameter Kind is declared by no stack User, got User:Kind=x; declared: Kind"),
        ("=x", "parameter must be NAME=VALUE or STACK:NAME=VALUE, got =x"),
        ("Bse:Kind=x", "parameter Bse:Kind=x: no stack Bse is deployed, but Base, User; did you mean Base"),
    ],
)
def test_a_wrong_parameter_is_one_line(cloud: LocalCloud, assembly: Path, given: str, message: str) -> None:
    with pytest.raises(LocalCloudError) as raised:
        cloud.deploy_each(assembly, ["User"], parameters=[given])
    assert str(raised.value).startswith(message)


def stored(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stored")
    for name, kind in (("One", "String"), ("Several", "List<String>")):
        kept = cdk.CfnParameter(stack, name, type=f"AWS::SSM::Parameter::Value<{kind}>", default=f"/shop/{name}")
        several = kind.startswith("List")
        value = cdk.Fn.join("+", kept.value_as_list) if several else kept.value_as_string
        cdk.CfnOutput(stack, f"The{name}", value=value)
    queue = sqs.Queue(stack, "Queue", queue_name="{{resolve:ssm:/shop/referred}}")
    cdk.CfnOutput(stack, "Referred", value=queue.queue_name)


def test_what_the_parameter_store_holds_is_given(cloud: LocalCloud, synth: Synth) -> None:
    ssm = ["/shop/One=a=b", "/shop/Several=x,y", "/shop/referred=c"]
    [outcome] = cloud.deploy_each(synth(stored), ssm=ssm)
    assert outcome.error is None
    assert outcome.deployment is not None
    assert outcome.deployment.outputs == {"TheOne": "a=b", "TheSeveral": "x+y", "Referred": "c"}


@pytest.mark.parametrize(
    ("ssm", "message"),
    [
        (["/a"], "ssm must be NAME=VALUE, got /a"),
        (["=b"], "ssm must be NAME=VALUE, got =b"),
        (["/a="], "ssm must be NAME=VALUE, got /a="),
        (["/a=b", "/a=c"], "ssm /a must be given once, got b and c"),
        (["/aws/a=b"], "ssm /aws/a: No access to reserved parameter name"),
    ],
)
def test_a_wrong_value_of_the_parameter_store_is_one_line(
    cloud: LocalCloud, assembly: Path, ssm: list[str], message: str
) -> None:
    with pytest.raises(LocalCloudError, match=rf"^{message}.*\Z"):
        cloud.deploy_each(assembly, ["User"], ssm=ssm)
