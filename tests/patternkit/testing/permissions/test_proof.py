"""Handlers run with their role enforced: what is denied, what is not used, and what cannot be proved."""

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from patternkit.testing.permissions import Account, PermissionProof, ProofError, prove
from tests.patternkit.testing.permissions.templates import (
    KEY_POLICY,
    LOG,
    allow,
    arn,
    encrypted_bucket,
    resource,
    template,
)

KEY = resource("KMS::Key", KeyPolicy=KEY_POLICY)
OBJECTS = {"Fn::Sub": "${Bucket.Arn}/*"}


def nothing(_event: Any, _context: Any) -> None:
    pass


def denied(proof: PermissionProof) -> list[str]:
    return [one.request.action for one in proof.denied]


def sends(_event: Any, _context: Any) -> None:
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody="one")


def queue_template(*statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return template(
        *statements, variables={"QUEUE_URL": {"Ref": "Queue"}}, Queue=resource("SQS::Queue", **properties), Key=KEY
    )


class TestCustomerKeys:
    def test_a_queue_with_a_customer_key_needs_the_key_too(self) -> None:
        send = allow("sqs:SendMessage", arn("Queue"))
        assert not prove(queue_template(send), handler=sends, events=[{}]).denied
        with_key = queue_template(send, KmsMasterKeyId=arn("Key"))
        assert denied(prove(with_key, handler=sends, events=[{}])) == ["kms:GenerateDataKey", "kms:Decrypt"]
        granted = queue_template(
            send, allow(["kms:Decrypt", "kms:GenerateDataKey"], arn("Key")), KmsMasterKeyId={"Ref": "Key"}
        )
        proof = prove(granted, handler=sends, events=[{}])
        assert not proof.denied
        assert not proof.unused

    def test_a_key_of_aws_needs_nothing(self) -> None:
        made = queue_template(allow("sqs:SendMessage", arn("Queue")), KmsMasterKeyId="alias/aws/sqs")
        assert not prove(made, handler=sends, events=[{}]).denied

    def test_an_alias_stands_for_its_key(self) -> None:
        made = queue_template(allow("sqs:SendMessage", arn("Queue")), KmsMasterKeyId={"Ref": "Alias"})
        made["Resources"]["Alias"] = resource("KMS::Alias", AliasName="alias/mine", TargetKeyId={"Ref": "Key"})
        assert denied(prove(made, handler=sends, events=[{}])) == ["kms:GenerateDataKey", "kms:Decrypt"]

    @pytest.mark.parametrize(("service", "needed"), [("sqs", []), ("s3", ["kms:GenerateDataKey", "kms:Decrypt"])])
    def test_a_key_may_be_for_one_service_only(self, service: str, needed: list[str]) -> None:
        via = {"StringEquals": {"kms:ViaService": {"Fn::Sub": f"{service}.${{AWS::Region}}.amazonaws.com"}}}
        made = queue_template(
            allow("sqs:SendMessage", arn("Queue")),
            allow(["kms:Decrypt", "kms:GenerateDataKey"], arn("Key"), Condition=via),
            KmsMasterKeyId=arn("Key"),
        )
        assert denied(prove(made, handler=sends, events=[{}])) == needed

    @pytest.mark.parametrize(
        ("written", "needed"),
        [
            ({}, {"kms:GenerateDataKey"}),
            ({"ServerSideEncryption": "AES256"}, set()),
            ({"ServerSideEncryption": "aws:kms"}, set()),
        ],
    )
    def test_a_write_may_name_another_encryption_than_the_buckets(
        self, written: dict[str, Any], needed: set[str]
    ) -> None:
        def puts(_event: Any, _context: Any) -> None:
            boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="a", Body=b"", **written)

        made = template(
            allow("s3:PutObject", OBJECTS), variables={"BUCKET": {"Ref": "Bucket"}}, Bucket=encrypted_bucket(), Key=KEY
        )
        assert set(denied(prove(made, handler=puts, events=[{}]))) == needed


class TestGlobalTables:
    @staticmethod
    def made(*statements: dict[str, Any], **replica: Any) -> dict[str, Any]:
        """As the CDK's TableV2 writes it."""
        table = resource(
            "DynamoDB::GlobalTable",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            Replicas=[{"Region": {"Ref": "AWS::Region"}, **replica}],
            SSESpecification={"SSEEnabled": True, "SSEType": "KMS"},
        )
        return template(*statements, variables={"TABLE": {"Ref": "Table"}}, Table=table, Key=KEY)

    @staticmethod
    def puts(_event: Any, _context: Any) -> None:
        boto3.resource("dynamodb").Table(os.environ["TABLE"]).put_item(Item={"id": "1"})

    def test_its_replica_here_is_a_table(self) -> None:
        assert denied(prove(self.made(), handler=self.puts, events=[{}])) == ["dynamodb:PutItem"]
        put = allow("dynamodb:PutItem", arn("Table"))
        proof = prove(self.made(put), handler=self.puts, events=[{}])
        assert (proof.denied, proof.unused) == ((), ())

    def test_its_replicas_key_and_policy_are_followed(self) -> None:
        put = allow("dynamodb:PutItem", arn("Table"))
        encrypted = self.made(put, SSESpecification={"KMSMasterKeyId": arn("Key")})
        assert denied(prove(encrypted, handler=self.puts, events=[{}])) == ["kms:Decrypt"]
        nobody = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}
        refused = self.made(put, ResourcePolicy={"PolicyDocument": {"Statement": [nobody]}})
        assert denied(prove(refused, handler=self.puts, events=[{}])) == ["dynamodb:PutItem"]

    def test_without_a_replica_here_there_is_nothing_to_prove(self) -> None:
        elsewhere = self.made(Region="eu-west-1")
        with pytest.raises(ProofError, match=r"^Table: none of its replicas is in us-east-1$"):
            prove(elsewhere, handler=self.puts, events=[{}])


NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
DENIED, IN_DOUBT = "denied", "not evaluated"


class TestPoliciesOfResources:
    """A denial counts wherever CloudFormation takes a resource's policy; one that is not read leaves a doubt."""

    @pytest.mark.parametrize(
        ("service", "policy", "verdict"),
        [
            (
                "sqs",
                resource("SQS::QueuePolicy", Queues=[{"Ref": "It"}], PolicyDocument={"Statement": [NOBODY]}),
                DENIED,
            ),
            (
                "sqs",
                resource("SQS::QueueInlinePolicy", Queue={"Ref": "It"}, PolicyDocument={"Statement": [NOBODY]}),
                DENIED,
            ),
            (
                "sns",
                resource("SNS::TopicInlinePolicy", TopicArn={"Ref": "It"}, PolicyDocument={"Statement": [NOBODY]}),
                DENIED,
            ),
            (
                "kinesis",
                resource("Kinesis::ResourcePolicy", ResourceArn=arn("It"), ResourcePolicy={"Statement": [NOBODY]}),
                DENIED,
            ),
            (
                "events",
                resource("Events::EventBusPolicy", EventBusName={"Ref": "It"}, StatementId="No", Statement=NOBODY),
                IN_DOUBT,
            ),
            ("sqs", resource("Shop::Gate", Of=arn("It"), Rules={"Policy": {"Statement": [NOBODY]}}), IN_DOUBT),
            ("sqs", resource("Shop::Gate", Of=arn("Role"), Rules={"Policy": {"Statement": [NOBODY]}}), None),
        ],
        ids=["queue", "queue inline", "topic inline", "stream", "bus", "type of others", "of something else"],
    )
    def test_a_denial_is_seen_or_in_doubt(self, service: Any, policy: dict[str, Any], verdict: str | None) -> None:
        entry = {"EventBusName": "bus", "Source": "x", "DetailType": "x", "Detail": "{}"}
        data = {"Data": b"x", "PartitionKey": "x"}
        made: dict[str, tuple[dict[str, Any], str, str, Callable[[str], dict[str, Any]]]] = {
            "sqs": (
                resource("SQS::Queue"),
                "sqs:SendMessage",
                "send_message",
                lambda name: {"QueueUrl": name, "MessageBody": "x"},
            ),
            "sns": (
                resource("SNS::Topic"),
                "sns:Publish",
                "publish",
                lambda name: {"TopicArn": name, "Message": "x"},
            ),
            "kinesis": (
                resource("Kinesis::Stream", ShardCount=1),
                "kinesis:PutRecord",
                "put_record",
                lambda name: {"StreamName": name, **data},
            ),
            "events": (
                resource("Events::EventBus", Name="bus"),
                "events:PutEvents",
                "put_events",
                lambda _: {"Entries": [entry]},
            ),
        }
        it, action, operation, given = made[service]

        def puts(_event: Any, _context: Any) -> None:
            getattr(boto3.client(service), operation)(**given(os.environ["IT"]))

        whole = template(
            allow(action, arn("It") if service != "sns" else {"Ref": "It"}),
            variables={"IT": {"Ref": "It"}},
            It=it,
            Policy=policy,
        )
        proof = prove(whole, handler=puts, events=[{}])
        said = IN_DOUBT if proof.not_evaluated else DENIED if proof.denied else None
        assert said == verdict
        if verdict == IN_DOUBT:
            assert f"policy of {policy['Type']}" in proof.not_evaluated[0].why


CHOSEN: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String"}},
    "Conditions": {
        "Yes": {"Fn::Equals": ["a", "a"]},
        "No": {"Fn::Equals": ["a", "b"]},
        "Stage": {"Fn::Equals": [{"Ref": "Stage"}, "live"]},
    },
}
NO_VALUE = {"Ref": "AWS::NoValue"}
DENIES = {"Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}


def chosen(condition: str, yes: Any, no: Any = NO_VALUE) -> dict[str, Any]:
    return {"Fn::If": [condition, yes, no]}


class TestConditions:
    """Whatever a condition of the template chooses, or leaves out, is read as CloudFormation would write it."""

    @pytest.mark.parametrize(("condition", "verdict"), [("Yes", "denied"), ("No", None), ("Stage", "not evaluated")])
    @pytest.mark.parametrize("where", ["roles", "role of a list", "inline", "managed", "boundary", "queue policy"])
    def test_a_policy_that_a_condition_attaches(self, where: str, condition: str, verdict: str | None) -> None:
        made = {**queue_template(allow("sqs:SendMessage", arn("Queue"))), **CHOSEN}
        role = made["Resources"]["Role"]["Properties"]
        guard = resource("IAM::ManagedPolicy", PolicyDocument=DENIES)
        match where:
            case "roles":
                guard["Properties"]["Roles"] = chosen(condition, [{"Ref": "Role"}])
            case "role of a list":
                guard["Properties"]["Roles"] = ["another", chosen(condition, {"Ref": "Role"})]
            case "inline":
                role["Policies"].append(chosen(condition, {"PolicyName": "No", "PolicyDocument": DENIES}))
            case "managed":
                role["ManagedPolicyArns"] = chosen(condition, [{"Ref": "Guard"}])
            case "boundary":
                role["PermissionsBoundary"] = chosen(condition, {"Ref": "Guard"})
            case _:
                everybody = {"Statement": [{**DENIES["Statement"][0], "Principal": "*"}]}
                queues = [chosen(condition, {"Ref": "Queue"}, "https://sqs.us-east-1.amazonaws.com/1/another")]
                guard = resource("SQS::QueuePolicy", Queues=queues, PolicyDocument=everybody)
        made["Resources"]["Guard"] = guard
        if where == "boundary" and condition == "Stage":
            with pytest.raises(ProofError, match="its permissions boundary is not made by the template"):
                prove(made, handler=sends, events=[{}])
            return
        answers = [one.decision for one in prove(made, handler=sends, events=[{}]).denied]
        assert answers[-1:] == ([] if verdict is None else [verdict])

    def test_a_resource_that_a_condition_leaves_out(self) -> None:
        statement = allow("sqs:SendMessage", [arn("Queue"), chosen("No", "arn:aws:sqs:us-east-1:123456789012:more")])
        proof = prove({**queue_template(statement), **CHOSEN}, handler=sends, events=[{}])
        assert not proof.denied
        assert not proof.unused

    @pytest.mark.parametrize(
        "named",
        [{"Fn::GetAtt": ["Guard", "PolicyArn"]}, {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/for/guard"}],
    )
    def test_a_managed_policy_by_its_arn_or_name(self, named: Any) -> None:
        made = queue_template(allow("sqs:SendMessage", arn("Queue")))
        made["Resources"]["Guard"] = resource(
            "IAM::ManagedPolicy", ManagedPolicyName="guard", Path="/for/", PolicyDocument=DENIES
        )
        made["Resources"]["Role"]["Properties"]["ManagedPolicyArns"] = [named]
        assert [one.why for one in prove(made, handler=sends, events=[{}]).denied] == ["statement 1 of Guard denies it"]


class TestReferencesBetweenStacks:
    """The CDK writes them as exports, or as outputs that the other stack reads."""

    OUTPUT = "PublishOutputRefRole6726DC59"

    def of_another_stack(self, output: str) -> dict[str, Any]:
        return {"Fn::GetStackOutput": {"StackName": "Other", "Region": {"Ref": "AWS::Region"}, "OutputName": output}}

    def with_mapping(self, policy: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        made = template()
        made["Outputs"] = {"Function": {"Value": {"Ref": "Function"}}, self.OUTPUT: {"Value": {"Ref": "Role"}}}
        mapping = resource(
            "Lambda::EventSourceMapping",
            FunctionName=self.of_another_stack("Function"),
            EventSourceArn=arn("Queue"),
        )
        policies = {} if policy is None else {"Policy": policy}
        return [made, {"Resources": {"Queue": resource("SQS::Queue"), "Mapping": mapping, **policies}}]

    def test_a_mapping_and_a_policy_in_another_stack_are_this_functions(self) -> None:
        assert "sqs:ReceiveMessage" in denied(prove(self.with_mapping(), handler=nothing, events=[{}]))
        takes = allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], arn("Queue"))
        policy = resource(
            "IAM::Policy", PolicyDocument={"Statement": [takes]}, Roles=[self.of_another_stack(self.OUTPUT)]
        )
        assert not prove(self.with_mapping(policy), handler=nothing, events=[{}]).denied

    def test_a_mapping_of_which_nobody_knows_whose_it_is_is_not_passed(self) -> None:
        functions, queues = self.with_mapping()
        del functions["Outputs"]
        proof = prove([functions, queues], handler=nothing, events=[{}])
        assert [one.why for one in proof.not_evaluated] == [
            "which function Other.Function is, that Mapping is for, is not modelled"
        ]

    def test_a_denial_of_which_nobody_knows_whose_it_is_is_not_passed(self) -> None:
        policy = resource(
            "IAM::Policy",
            PolicyDocument={"Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]},
            Roles=[self.of_another_stack("Unknown")],
        )
        made = template()
        made["Resources"]["Policy"] = policy
        why = {one.why for one in prove(made, handler=nothing, events=[{}]).not_evaluated}
        assert why == {"it may be denied: policy Policy is not modelled"}


class TestCalls:
    def test_what_is_denied_fails_in_the_handler_as_in_aws(self) -> None:
        caught: list[str] = []

        def reads(_event: Any, _context: Any) -> None:
            try:
                boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key="a")
            except ClientError as error:
                caught.append(error.response["Error"]["Code"])

        made = template(variables={"BUCKET": {"Ref": "Bucket"}}, Bucket=resource("S3::Bucket"))
        proof = prove(made, handler=reads, events=[{}])
        assert denied(proof) == ["s3:GetObject"]
        assert caught == ["AccessDenied"]
        assert "denied: s3:GetObject on Bucket/a (the handler calls s3:GetObject): no statement" in proof.report()

    def test_a_client_that_was_made_before_is_held_too(self) -> None:
        before = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

        def publishes(_event: Any, _context: Any) -> None:
            before.publish(TopicArn=os.environ["TOPIC"], Message="one")

        made = template(variables={"TOPIC": {"Ref": "Topic"}}, Topic=resource("SNS::Topic"))
        assert denied(prove(made, handler=publishes, events=[{}])) == ["sns:Publish"]

    def test_who_may_not_list_is_not_told_that_an_object_is_missing(self) -> None:
        codes: list[str] = []

        def reads(_event: Any, _context: Any) -> None:
            try:
                boto3.resource("s3").Object(os.environ["BUCKET"], "missing").load()
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])

        def made(*statements: dict[str, Any]) -> dict[str, Any]:
            read = allow("s3:GetObject", OBJECTS)
            return template(read, *statements, variables={"BUCKET": {"Ref": "Bucket"}}, Bucket=resource("S3::Bucket"))

        assert denied(prove(made(), handler=reads, events=[{}])) == ["s3:ListBucket"]
        assert not prove(made(allow("s3:ListBucket", arn("Bucket"))), handler=reads, events=[{}]).denied
        assert codes == ["AccessDenied", "404"]

    @pytest.mark.parametrize(
        ("call", "why"),
        [
            (lambda: boto3.client("ecs").describe_clusters(), "which resources ecs:DescribeClusters names"),
            (lambda: boto3.client("s3").get_bucket_acl(Bucket="one"), "what s3:GetBucketAcl needs"),
            (
                lambda: boto3.client("s3").generate_presigned_url("get_object", {"Bucket": "one", "Key": "a"}),
                "a URL that is signed now and used later, with this role's permissions,",
            ),
            (
                lambda: boto3.client("s3").generate_presigned_post("one", "a"),
                "a URL that is signed now and used later, with this role's permissions,",
            ),
            (lambda: boto3.client("kms").decrypt(CiphertextBlob=b"x"), "which key kms:Decrypt uses"),
        ],
    )
    def test_what_is_not_modelled_is_not_passed(self, call: Callable[[], Any], why: str) -> None:
        def handler(_event: Any, _context: Any) -> None:
            with contextlib.suppress(ClientError):
                call()

        proof = prove(template(allow("*")), handler=handler, events=[{}])
        assert [one for one in proof.not_evaluated if one.why.startswith(why)]
        assert proof.denied == proof.not_evaluated

    def test_actions_without_resources_are_judged_for_any_service(self) -> None:
        def handler(_event: Any, _context: Any) -> None:
            boto3.client("ec2").describe_transit_gateway_attachments()
            boto3.client("sts").get_caller_identity()

        made = template(allow("ec2:DescribeTransitGatewayAttachments"))
        assert not prove(made, handler=handler, events=[{}]).denied
        assert denied(prove(template(), handler=handler, events=[{}])) == ["ec2:DescribeTransitGatewayAttachments"]

    def test_a_resource_of_somebody_else_is_not_evaluated_until_its_policy_is_told(self) -> None:
        def handler(_event: Any, _context: Any) -> None:
            boto3.client("sqs").send_message(
                QueueUrl="https://sqs.us-east-1.amazonaws.com/123456789012/x", MessageBody="x"
            )

        queue = "arn:aws:sqs:us-east-1:123456789012:x"

        def events(account: Account) -> list[Any]:
            account.client("sqs").create_queue(QueueName="x")
            return [{}]

        made = template(allow("sqs:SendMessage", queue))
        assert [one.decision for one in prove(made, handler=handler, events=events).denied] == ["not evaluated"]
        assert not prove(made, handler=handler, events=events, existing={queue: {}}).denied
        denies = {"Statement": {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Principal": "*"}}
        assert denied(prove(made, handler=handler, events=events, existing={queue: denies})) == ["sqs:SendMessage"]


class TestLambdaItself:
    def test_the_key_of_a_dead_letter_queue_is_not_forgotten(self) -> None:
        made = queue_template(allow("sqs:SendMessage", arn("Queue")), KmsMasterKeyId=arn("Key"))
        made["Resources"]["OnFailure"] = resource(
            "Lambda::EventInvokeConfig",
            FunctionName={"Ref": "Function"},
            DestinationConfig={"OnFailure": {"Destination": arn("Queue")}},
        )
        assert denied(prove(made, handler=nothing, events=[{}])) == ["kms:GenerateDataKey", "kms:Decrypt"]

    def test_an_event_source_is_polled_with_the_role(self) -> None:
        made = queue_template(allow(["sqs:ReceiveMessage"], arn("Queue")), KmsMasterKeyId=arn("Key"))
        made["Resources"]["Source"] = resource(
            "Lambda::EventSourceMapping", FunctionName=arn("Function"), EventSourceArn=arn("Queue")
        )
        assert denied(prove(made, handler=nothing, events=[{}])) == [
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "kms:Decrypt",
        ]

    def test_a_stream_is_read_with_the_role(self) -> None:
        table = resource(
            "DynamoDB::Table",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            SSESpecification={"SSEEnabled": True, "KMSMasterKeyId": arn("Key")},
        )
        source = resource(
            "Lambda::EventSourceMapping", FunctionName={"Ref": "Function"}, EventSourceArn=arn("Table", "StreamArn")
        )
        reads = allow(
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], arn("Table", "StreamArn")
        )
        made = template(reads, Table=table, Source=source, Key=KEY)
        assert denied(prove(made, handler=nothing, events=[{}])) == ["kms:Decrypt", "dynamodb:ListStreams"]

    def test_the_log_is_written_with_the_role(self) -> None:
        made = template()
        made["Resources"]["Role"]["Properties"]["Policies"] = []
        proof = prove(made, handler=nothing, events=[{}])
        assert denied(proof) == ["logs:CreateLogStream", "logs:PutLogEvents"]

    def test_a_file_system_is_not_passed(self) -> None:
        made = template()
        made["Resources"]["Function"]["Properties"]["FileSystemConfigs"] = [{}]
        (one,) = prove(made, handler=nothing, events=[{}]).not_evaluated
        assert one.why == "what Lambda needs for FileSystemConfigs is not modelled"


class TestUnused:
    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            (allow("sqs:SendMessage", arn("Queue")), []),
            (allow(["sqs:SendMessage", "sqs:PurgeQueue"], arn("Queue")), ["sqs:PurgeQueue on Queue.Arn"]),
            (
                allow("sqs:SendMessage", [arn("Queue"), arn("Other")]),
                ["resource Other.Arn of sqs:SendMessage"],
            ),
            (allow("sqs:S*", arn("Queue")), ["sqs:S* on Queue.Arn, for sqs:SendMessage only"]),
            (
                allow("sqs:SendMessage", {"Fn::Sub": "${Queue.Arn}*"}),
                ["resource ${Queue.Arn}* of sqs:SendMessage, also for others whose names begin so"],
            ),
            (
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                ["all actions but iam:* on *"],
            ),
        ],
    )
    def test_what_nothing_used_is_found(self, statement: dict[str, Any], expected: list[str]) -> None:
        made = queue_template(statement)
        made["Resources"]["Other"] = resource("SQS::Queue")
        proof = prove(made, handler=sends, events=[{}])
        assert not proof.denied
        assert list(proof.unused) == expected
        reasons = dict.fromkeys(expected, "A reason.")
        assert proof.unexplained(reasons) == []
        assert proof.unexplained({}) == [f"unused: {one}" for one in expected]
        assert proof.unexplained(reasons | {"more": "A reason."}) == ["explained, but not unused: more"]

    def test_what_two_statements_allow_is_redundant(self) -> None:
        twice = allow("sqs:SendMessage", arn("Queue"))
        proof = prove(queue_template(twice, twice), handler=sends, events=[{}])
        assert list(proof.redundant) == [
            f"sqs:SendMessage on Queue.Arn, by statement {number} of Role.Policies[0]" for number in (2, 3)
        ]


class TestTemplates:
    def test_stacks_that_share_exports_are_one_account(self) -> None:
        export = {"Outputs": {"Out": {"Value": arn("Queue"), "Export": {"Name": "queue"}}}}
        theirs = {"Resources": {"Queue": resource("SQS::Queue", QueueName="theirs")}} | export
        made = template(
            allow("sqs:SendMessage", {"Fn::ImportValue": "queue"}),
            variables={"QUEUE_URL": {"Fn::Sub": "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/theirs"}},
        )
        assert not prove([made, theirs], handler=sends, events=[{}], function="Function").denied
        # On its own the template does not tell which queue it is.
        assert prove(made, handler=nothing, events=[{}]).unused == ("sqs:SendMessage on queue",)

    def test_stacks_by_their_names_may_refer_to_each_other_s_outputs(self) -> None:
        theirs = {"Resources": {"Queue": resource("SQS::Queue", QueueName="theirs")}}
        theirs["Outputs"] = {"Out": {"Value": arn("Queue")}, "Url": {"Value": {"Ref": "Queue"}}}

        def made(stack: str) -> Mapping[str, Any]:
            def output(name: str) -> Mapping[str, Any]:
                return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": name}}

            return template(allow("sqs:SendMessage", output("Out")), variables={"QUEUE_URL": output("Url")})

        both = {"Theirs": theirs, "Ours": made("Theirs")}
        assert not prove(both, handler=sends, events=[{}], function="Function").denied
        # Which queue another stack has, or these without their names, is not told.
        for untold in ({"Theirs": theirs, "Ours": made("Others")}, list(both.values())):
            stack = "Others" if isinstance(untold, dict) else "Theirs"
            proof = prove(untold, handler=nothing, events=[{}], function="Function")
            assert proof.unused == (f"sqs:SendMessage on {stack}.Out",)

    def test_policies_are_read_wherever_they_are_attached(self) -> None:
        made = queue_template()
        document = {"Statement": allow("sqs:SendMessage", arn("Queue"))}
        for kind, attached in (
            ("IAM::Policy", {"Roles": [{"Ref": "Role"}]}),
            ("IAM::ManagedPolicy", {"Roles": [{"Ref": "Role"}]}),
            ("IAM::RolePolicy", {"RoleName": {"Ref": "Role"}}),
        ):
            made["Resources"]["Policy"] = resource(kind, PolicyDocument=document, **attached)
            assert not prove(made, handler=sends, events=[{}]).denied
        made["Resources"]["Policy"]["Properties"]["RoleName"] = "another"
        assert denied(prove(made, handler=sends, events=[{}])) == ["sqs:SendMessage"]

    def test_managed_policies_of_aws_are_known_and_others_are_not_passed(self) -> None:
        made = queue_template()
        role = made["Resources"]["Role"]["Properties"]
        role["ManagedPolicyArns"] = [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSQSFullAccess"}]
        proof = prove(made, handler=sends, events=[{}])
        assert not proof.denied
        assert "sqs:* on *, for sqs:SendMessage only" in proof.unused
        role["ManagedPolicyArns"] = ["arn:aws:iam::123456789012:policy/theirs"]
        assert {one.decision for one in prove(made, handler=sends, events=[{}]).denied} == {"not evaluated"}

    def test_a_condition_of_the_template_chooses(self) -> None:
        made = queue_template(allow({"Fn::If": ["Send", "sqs:SendMessage", "sqs:PurgeQueue"]}, arn("Queue")))  # type: ignore[arg-type]
        made["Parameters"] = {"Mode": {"Type": "String", "Default": "send"}}
        made["Conditions"] = {"Send": {"Fn::Equals": [{"Ref": "Mode"}, "send"]}}
        assert not prove(made, handler=sends, events=[{}]).denied
        assert denied(prove(made, handler=sends, events=[{}], parameters={"Mode": "x"})) == ["sqs:SendMessage"]

    def test_every_kind_of_resource_that_is_said_to_be_made_is_made(self) -> None:
        made = template(
            Bus=resource("Events::EventBus", Name="bus"),
            Stream=resource("Kinesis::Stream"),
            Parameter=resource("SSM::Parameter", Type="String", Value="one", Name="/a/b"),
            Secret=resource("SecretsManager::Secret", KmsKeyId={"Ref": "Key"}),
            Key=KEY,
            variables={"BUS": {"Ref": "Bus"}, "STREAM": {"Ref": "Stream"}, "SECRET": {"Ref": "Secret"}},
        )

        def handler(_event: Any, _context: Any) -> None:
            given = os.environ
            for call in (
                lambda: boto3.client("events").put_events(
                    Entries=[{"EventBusName": given["BUS"], "Source": "s", "DetailType": "d", "Detail": "{}"}]
                ),
                lambda: boto3.client("kinesis").put_record(StreamName=given["STREAM"], Data=b"", PartitionKey="a"),
                lambda: boto3.client("ssm").get_parameter(Name="/a/b", WithDecryption=True),
                lambda: boto3.client("secretsmanager").get_secret_value(SecretId=given["SECRET"]),
            ):
                with contextlib.suppress(ClientError):
                    call()

        actions = ["events:PutEvents", "kinesis:PutRecord", "ssm:GetParameter", "secretsmanager:GetSecretValue"]
        assert denied(prove(made, handler=handler, events=[{}])) == [*actions, "kms:Decrypt"]
        role = made["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]
        role["Statement"] = [
            LOG,
            allow("events:PutEvents", arn("Bus")),
            allow("kinesis:PutRecord", arn("Stream")),
            allow("ssm:GetParameter", {"Fn::Sub": "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/a/b"}),
            allow("secretsmanager:GetSecretValue", {"Ref": "Secret"}),
            allow("kms:Decrypt", arn("Key")),
        ]
        proof = prove(made, handler=handler, events=[{}])
        assert not proof.denied, proof.report()
        assert not proof.unused


class TestMistakes:
    """What cannot be proved at all is one line."""

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"events": []}, "events must hold at least one event, got none"),
            (
                {"function": "Fonction"},
                "function must name one function of the template, got Fonction; there are: Function",
            ),
            ({"template": {}}, "template must be a CloudFormation template with Resources"),
            (
                {"handler": "no_such.handler"},
                (
                    "handler no_such.handler could not be imported: ModuleNotFoundError: No module named 'no_such': "
                    "give its folder as code=, inline code is not read"
                ),
            ),
        ],
    )
    def test_of_arguments(self, arguments: dict[str, Any], message: str) -> None:
        given: dict[str, Any] = {"template": template(), "handler": nothing, "events": [{}]} | arguments
        with pytest.raises(ProofError) as caught:
            prove(given.pop("template"), **given)
        assert str(caught.value) == message

    def test_a_handler_that_raises(self) -> None:
        def raises(_event: Any, _context: Any) -> None:
            raise RuntimeError("not meant")

        with pytest.raises(
            ProofError, match=r"test_proof\.py:\d+: the handler raised on event 1: RuntimeError: not meant$"
        ):
            prove(template(), handler=raises, events=[{}])
        assert not prove(template(), handler=raises, events=[{}], raises=(RuntimeError,)).denied

    def test_a_role_of_another_template(self) -> None:
        made = template()
        made["Resources"]["Function"]["Properties"]["Role"] = "arn:aws:iam::123456789012:role/theirs"
        with pytest.raises(ProofError, match=r"^Function: its role is not made by the template"):
            prove(made, handler=nothing, events=[{}])

    def test_a_policy_with_an_unknown_action(self) -> None:
        with pytest.raises(ProofError, match=r"has an unknown action, sqs:SendMesage; did you mean sqs:sendmessage\?$"):
            prove(template(allow("sqs:SendMesage")), handler=nothing, events=[{}])

    def test_a_template_that_depends_on_itself(self) -> None:
        made = template(Queue=resource("SQS::Queue", QueueName={"Ref": "Queue"}))
        with pytest.raises(ProofError, match=r"^the template's resource Queue depends on itself$"):
            prove(made, handler=nothing, events=[{}])


class TestTheProcess:
    def test_nothing_stays_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "mine")
        (tmp_path / "cold_start.py").write_text(
            "import os\nimport boto3\nENVIRONMENT = dict(os.environ)\nMADE = boto3.client('sqs')\n"
            "def handler(event, context):\n"
            "    event.append((ENVIRONMENT['QUEUE_URL'], 'AWS_PROFILE' in ENVIRONMENT))\n"
        )
        seen: list[Any] = []
        made = queue_template()
        made["Resources"]["Function"]["Properties"]["Handler"] = "cold_start.handler"
        prove(made, code=tmp_path, events=[seen])
        assert seen == [("https://sqs.us-east-1.amazonaws.com/123456789012/0-Queue", False)]
        assert os.environ["AWS_PROFILE"] == "mine"
        assert "QUEUE_URL" not in os.environ
        assert not list(tmp_path.glob("__pycache__"))
        assert "cold_start" not in sys.modules

    def test_what_a_cold_start_calls_is_held_too(self, tmp_path: Path) -> None:
        (tmp_path / "cold_call.py").write_text(
            "import os\nimport boto3\nfrom botocore.exceptions import ClientError\n"
            "try:\n    boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody='x')\n"
            "except ClientError:\n    pass\n"
            "def handler(event, context):\n    pass\n"
        )
        proof = prove(queue_template(), code=tmp_path, handler="cold_call.handler", events=[{}])
        assert denied(proof) == ["sqs:SendMessage"]

    def test_the_fixture_fails_a_test_with_the_report(self, permissions: Callable[..., PermissionProof]) -> None:
        with pytest.raises(pytest.fail.Exception, match="denied: sqs:SendMessage on Queue "):
            permissions(queue_template(), handler=sends, events=[{}])
        with pytest.raises(pytest.fail.Exception, match=r"^unused: sqs:PurgeQueue on Queue.Arn$"):
            permissions(queue_template(allow("sqs:PurgeQueue", arn("Queue"))), handler=nothing, events=[{}])


def puts_parts(_event: Any, _context: Any) -> None:
    s3: Any = boto3.client("s3")
    where = {"Bucket": os.environ["BUCKET"], "Key": "a"}
    with contextlib.suppress(ClientError):
        upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
        part = s3.upload_part(**upload, PartNumber=1, Body=b"x")
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})


class TestMultipartUploads:
    """A part that is uploaded to a bucket with a customer key is read again, which asks for kms:Decrypt."""

    @pytest.mark.parametrize(
        ("key_actions", "refused", "calls"),
        [
            (["kms:Decrypt", "kms:GenerateDataKey"], [], 3),
            (["kms:GenerateDataKey"], ["kms:Decrypt"], 2),
            (["kms:Decrypt"], ["kms:GenerateDataKey"], 1),
        ],
    )
    def test_the_key(self, key_actions: list[str], refused: list[str], calls: int) -> None:
        made = template(
            allow("s3:PutObject", OBJECTS),
            allow(key_actions, arn("Key")),
            variables={"BUCKET": {"Ref": "Bucket"}},
            Bucket=encrypted_bucket(),
            Key=KEY,
        )
        proof = prove(made, handler=puts_parts, events=[{}])
        assert denied(proof) == refused
        assert proof.calls == calls
        assert proof.used >= {"s3:PutObject"}


class TestReports:
    def test_what_is_said_whole(self) -> None:
        proof = prove(queue_template(allow("sqs:PurgeQueue", arn("Queue"))), handler=sends, events=[{}])
        assert proof.report() == (
            "Function: 1 calls, 1 not allowed, 1 unused\n"
            "  denied: sqs:SendMessage on Queue (the handler calls sqs:SendMessage): no statement allows it\n"
            "  unused: sqs:PurgeQueue on Queue.Arn"
        )
        assert proof.function == "Function"
        assert proof.used == {"logs:CreateLogStream", "logs:PutLogEvents"}
        assert proof.not_evaluated == ()

    def test_each_refusal_once_and_each_call_counted(self) -> None:
        def twice(event: Any, context: Any) -> None:
            for _ in range(2):
                with contextlib.suppress(ClientError):
                    sends(event, context)

        proof = prove(queue_template(), handler=twice, events=[{}, {}])
        assert (proof.calls, denied(proof)) == (4, ["sqs:SendMessage"])
        assert len([one for one in proof.evaluations if one.request.action == "sqs:SendMessage"]) == 4

    def test_a_gap_is_named_as_such(self) -> None:
        made = template()
        made["Resources"]["Function"]["Properties"]["DurableConfig"] = {}
        proof = prove(made, handler=nothing, events=[{}])
        assert [str(one) for one in proof.not_evaluated] == [
            "not evaluated: ? on ? (Lambda itself): what Lambda needs for DurableConfig is not modelled"
        ]


class TestWhatAHandlerIsGiven:
    def test_the_context_and_the_environment(self) -> None:
        seen: dict[str, Any] = {}

        def looks(event: Any, context: Any) -> None:
            names = ("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION")
            seen.update({name: os.environ[name] for name in (*names, "AWS_REGION", "MORE", "OWN", "ELSEWHERE")})
            seen.update({"event": event, "left": context.get_remaining_time_in_millis()})
            seen.update({"memory": context.memory_limit_in_mb, "arn": context.invoked_function_arn})

        made = template(variables={"OWN": "one", "ELSEWHERE": {"Fn::ImportValue": "x"}})
        made["Resources"]["Function"]["Properties"] |= {"MemorySize": 512, "Timeout": 9, "FunctionName": "f"}
        prove(made, handler=looks, events=[{"a": 1}], environment={"MORE": "two"}, region="eu-west-1")
        assert seen == {
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": "eu-west-1",
            "MORE": "two",
            "OWN": "one",
            "ELSEWHERE": "x",
            "event": {"a": 1},
            "left": 9000,
            "memory": "512",
            "arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
        }
        del made["Resources"]["Function"]["Properties"]["MemorySize"]
        del made["Resources"]["Function"]["Properties"]["Timeout"]
        prove(made, handler=looks, events=[{}], environment={"MORE": "two", "OWN": "three"}, region="eu-west-1")
        assert (seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], seen["memory"], seen["left"]) == ("128", "128", 3000)
        assert seen["OWN"] == "three"

    def test_variables_that_nobody_knows(self) -> None:
        made = template()
        made["Resources"]["Function"]["Properties"]["Environment"] = {"Variables": {"Fn::ImportValue": "x"}}
        with pytest.raises(ProofError, match=r"^Function: its environment variables are not known before deployment$"):
            prove(made, handler=nothing, events=[{}])

    def test_what_raises_for_a_denial_is_told_by_the_denial(self) -> None:
        assert denied(prove(queue_template(), handler=sends, events=[{}])) == ["sqs:SendMessage"]

        def fails_later(event: Any, context: Any) -> None:
            with contextlib.suppress(ClientError):
                sends(event, context)
            if event:
                raise ValueError("two\n  lines")

        assert denied(prove(queue_template(), handler=fails_later, events=[{"a": 1}])) == ["sqs:SendMessage"]
        granted = queue_template(allow("sqs:SendMessage", arn("Queue")))
        with pytest.raises(ProofError, match=r"the handler raised on event 2: ValueError: two lines$"):
            prove(granted, handler=fails_later, events=[{}, {"a": 1}])

    def test_a_package_is_as_it_was_afterwards(self, tmp_path: Path) -> None:
        package = tmp_path / "kept_package"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "main.py").write_text("def handler(event, context):\n    event.append(__name__)\n")
        sys.modules["kept_package"] = before = type(sys)("kept_package")
        sys.modules["kept_package.other"] = other = type(sys)("kept_package.other")
        seen: list[str] = []
        path = list(sys.path)
        try:
            prove(template(), code=tmp_path, handler="kept_package.main.handler", events=[seen])
            assert seen == ["kept_package.main"]
            assert sys.modules["kept_package"] is before
            assert sys.modules["kept_package.other"] is other
            assert "kept_package.main" not in sys.modules
            assert sys.path == path
        finally:
            for name in ("kept_package", "kept_package.other"):
                sys.modules.pop(name, None)


def test_variables_are_texts_whatever_the_template_has() -> None:
    seen: dict[str, str] = {}
    variables = {"NUMBER": 7, "YES": True, "TEXT": "t", "LATER": {"Fn::GetAtt": ["Unknown", "Endpoint"]}}
    made = template(variables=variables, Unknown=resource("Shop::Till"))
    prove(made, handler=lambda *_: seen.update(os.environ), events=[{}])
    assert {name: seen[name] for name in variables} == {
        "NUMBER": "7", "YES": "true", "TEXT": "t", "LATER": "Unknown.Endpoint",
    }  # fmt: skip


INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/more.yaml"}}


class TestTemplatesThatAreNone:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ([], "template must be a CloudFormation template with Resources"),
            ([template(), {}], "template must be a CloudFormation template with Resources"),
            ([template(), "x"], "template must be a CloudFormation template with Resources"),
            ({"Resources": []}, "template must be a CloudFormation template with Resources"),
            (
                {"Resources": {"Fn::ForEach::T": ["T", ["a"], {"T": {"Type": "AWS::SNS::Topic"}}]}},
                "template must be processed before it is proved: it has Fn::ForEach::T",
            ),
            # What a macro brings may give the role more.
            *(
                (template() | more, f"template must be processed before it is proved: it has the transform {name}")
                for more, name in (
                    ({"Transform": "AWS::Serverless-2016-10-31"}, "AWS::Serverless-2016-10-31"),
                    ({"Transform": ["AWS::LanguageExtensions", "Company::Macro"]}, "Company::Macro"),
                    ({"Fn::Transform": INCLUDE}, "AWS::Include"),
                )
            ),
            (
                {"Resources": template()["Resources"] | {"Fn::Transform": INCLUDE}},
                "template must be processed before it is proved: it has Fn::Transform",
            ),
            *(
                (
                    {"Resources": template()["Resources"] | {"More": {"Type": "AWS::IAM::Policy", **given}}},
                    "template must be processed before it is proved: a resource has Fn::Transform",
                )
                for given in ({"Fn::Transform": INCLUDE}, {"Properties": {"Fn::Transform": INCLUDE}})
            ),
            ([template(), {"Resources": {"T": {}}}], "template 2: resource T has no Type"),
            ({"Resources": {"T": {}}}, "template: resource T has no Type"),
        ],
    )
    def test_one_line(self, given: Any, message: str) -> None:
        with pytest.raises(ProofError) as raised:
            prove(given, handler=nothing, events=[{}])
        assert str(raised.value) == message
