"""Attachments of a transit gateway that move to another route table, which CloudFormation cannot do in one update."""

from typing import Any

from tests.patternkit.upgrade.lines import lines, resource


def associated(table: Any, attachment: Any = "tgw-attach-1", named: str = "Of") -> dict[str, Any]:
    return {
        named: resource(
            "EC2::TransitGatewayRouteTableAssociation",
            TransitGatewayAttachmentId=attachment,
            TransitGatewayRouteTableId=table,
        )
    }


def test_another_table_of_the_same_attachment_is_refused() -> None:
    [told] = lines(associated({"Ref": "Isolated"}), associated({"Ref": "Group"}))
    assert told.startswith("danger: replacement: Of: TransitGatewayRouteTableId changes from Isolated to Group")
    assert told.endswith("take the association out in one update, and make it in the next")


def test_so_is_an_association_of_another_name() -> None:
    [told] = lines(associated("tgw-rtb-1"), associated("tgw-rtb-2", named="OfGroup"))
    assert told.startswith(
        'note: replacement: Of: OfGroup has TransitGatewayAttachmentId "tgw-attach-1", too, and is made'
    )


def test_one_that_a_custom_resource_comes_before_may_be_free_by_then() -> None:
    before, after = associated("tgw-rtb-1"), associated("tgw-rtb-2")
    after["Of"]["DependsOn"] = ["Placement"]
    placed = {"Placement": {"Type": "Custom::TransitGatewayAttachment", "Properties": {"ServiceToken": "arn"}}}
    assert not [one for one in lines({**before, **placed}, {**after, **placed}) if "danger" in one]


def test_another_attachment_is_not() -> None:
    assert not [
        one for one in lines(associated("tgw-rtb-1"), associated("tgw-rtb-1", "tgw-attach-2")) if "danger" in one
    ]


def test_an_attachment_that_is_replaced_takes_the_new_table() -> None:
    def attached(vpc: str, table: str) -> dict[str, Any]:
        made = resource("EC2::TransitGatewayAttachment", TransitGatewayId="tgw-1", VpcId=vpc, SubnetIds=["subnet-1"])
        return {"Attachment": made, **associated(table, {"Fn::GetAtt": ["Attachment", "Id"]})}

    told = lines(attached("vpc-1", "tgw-rtb-1"), attached("vpc-2", "tgw-rtb-2"))
    assert not [one for one in told if ": Of: " in one and "danger" in one]
