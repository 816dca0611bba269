"""The listener's rule that takes the stage's name off the path of what came through a VPC link."""

from collections.abc import Sequence

from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

_Rule = elbv2.CfnListenerRule


def rewrite_stage(
    scope: Construct,
    construct_id: str,
    *,
    stage_name: str,
    listener: elbv2.IApplicationListener,
    target_groups: Sequence[elbv2.IApplicationTargetGroup],
    priority: int,
) -> elbv2.CfnListenerRule:
    """Forward what is asked for below a stage as if it was asked for without the stage.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        stage_name: The stage: letters, digits and _, so that nothing in it means anything in an expression.
        listener: The load balancer's listener.
        target_groups: Where requests go; of several, each gets an equal part.
        priority: The rule's place among the listener's.

    Returns:
        The rule.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-transforms.html
    """
    return _Rule(
        scope,
        construct_id,
        listener_arn=listener.listener_arn,
        priority=priority,
        conditions=[
            _Rule.RuleConditionProperty(
                field="path-pattern",
                path_pattern_config=_Rule.PathPatternConfigProperty(values=[f"/{stage_name}", f"/{stage_name}/*"]),
            )
        ],
        transforms=[
            _Rule.TransformProperty(
                type="url-rewrite",
                url_rewrite_config=_Rule.RewriteConfigObjectProperty(
                    rewrites=[_Rule.RewriteConfigProperty(regex=f"^/{stage_name}/?(.*)$", replace="/$1")]
                ),
            )
        ],
        actions=[
            _Rule.ActionProperty(
                type="forward",
                forward_config=_Rule.ForwardConfigProperty(
                    target_groups=[
                        _Rule.TargetGroupTupleProperty(target_group_arn=group.target_group_arn, weight=1)
                        for group in target_groups
                    ]
                ),
            )
        ],
    )
