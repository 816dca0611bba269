"""The plugin's fixtures in a project of someone else's, in this process: what each finds is told in one line."""

import json
from pathlib import Path

import pytest

from tests.patternkit.testing.conftest import SNAPSHOT
from tests.patternkit.testing.conftest import run_here as run

OBSOLETE = """
    from pathlib import Path

    import pytest
    from their_stack import template

    @pytest.mark.parametrize("name", {names})
    def test_the_template(template_snapshot, name):
        template_snapshot(template(), name=name, folder=Path(__file__).parent / "elsewhere" / "snapshots")

    def test_named_by_itself(template_snapshot):
        template_snapshot(template(), name="{own}")
"""


def test_obsolete_snapshots_fail_and_are_named_also_in_folders_of_ones_own(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile(test_theirs=OBSOLETE.format(names=["one", "two"], own="first"))
    run(project, "--snapshot-update").assert_outcomes(passed=3)
    monkeypatch.setenv("CI", "true")
    assert run(project).ret == pytest.ExitCode.OK

    project.makepyfile(test_theirs=OBSOLETE.format(names=["one"], own="first"))
    left_over = run(project)
    left_over.assert_outcomes(passed=2)
    assert left_over.ret == pytest.ExitCode.TESTS_FAILED
    left_over.stdout.fnmatch_lines(["*two*elsewhere/snapshots/two.json*"])
    left_over.stdout.no_fnmatch_line("*first.json*")
    # A test that was not asked for is not held against its snapshot.
    assert run(project, "-k", "named_by_itself").ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"Resources": {"Queue"', "*theirs.json: not a whole snapshot (Expecting ':' delimiter: *): take it from*"),
        ("[]", "*theirs.json: not a snapshot of a template"),
        ('{"SnapshotFormat": 2}', "*theirs.json: a snapshot of format 2, written by a newer version; *"),
    ],
)
def test_a_snapshot_that_cannot_be_compared_is_named_in_one_line(
    project: pytest.Pytester, written: str, told: str
) -> None:
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments=""))
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    [snapshot] = (project.path / "snapshots").iterdir()
    snapshot.write_text(written)
    refused = run(project)
    refused.assert_outcomes(failed=1)
    refused.stdout.fnmatch_lines([told])
    refused.stdout.no_fnmatch_line("*Traceback*")
    refused.stdout.no_fnmatch_line("E *")


def test_a_snapshot_of_another_layout_is_held_by_what_it_says(project: pytest.Pytester) -> None:
    project.makepyfile(test_theirs=SNAPSHOT.format(arguments="delay=1"))
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    [snapshot] = (project.path / "snapshots").iterdir()
    held = json.loads(snapshot.read_text())
    snapshot.write_text(json.dumps(held, indent=2, sort_keys=True))
    run(project).assert_outcomes(passed=1)
    # In Python 1 is True; in a template it is not.
    held["Resources"]["Queue"]["Properties"]["DelaySeconds"] = True
    snapshot.write_text(json.dumps(held, indent=2, sort_keys=True))
    changed = run(project)
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines(["~ Resources.Queue.Properties.DelaySeconds: true -> 1"])


DIFFERENCE = """
    from pathlib import Path
    from their_stack import template

    def test_the_difference(template_snapshot):
        template_snapshot(
            template({new}), name="difference", folder=Path(__file__).parent / "kept", difference_from=template({old})
        )
"""


def test_a_snapshot_may_hold_a_template_as_its_difference_from_another(project: pytest.Pytester) -> None:
    project.makepyfile(test_theirs=DIFFERENCE.format(old="delay=1", new="delay=2"))
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    [snapshot] = (project.path / "kept").iterdir()
    [operation] = json.loads(snapshot.read_text())
    assert operation == {"op": "replace", "path": "/Resources/Queue/Properties/DelaySeconds", "value": 2}
    # What both have is not held here.
    project.makepyfile(test_theirs=DIFFERENCE.format(old='delay=1, queue="Q"', new='delay=2, queue="Q"'))
    run(project).stdout.fnmatch_lines_random(
        ["- Resources.Queue.Properties.DelaySeconds: 2", "+ Resources.Q.Properties.DelaySeconds: 2"]
    )
    project.makepyfile(test_theirs=DIFFERENCE.format(old="delay=1", new="delay=3"))
    run(project).stdout.fnmatch_lines(["~ Resources.Queue.Properties.DelaySeconds: 2 -> 3"])
    snapshot.write_text("{}")
    run(project).stdout.fnmatch_lines(["*difference.json: not a snapshot of a difference"])


STACKS = """
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class Good(cdk.Stack):
    made = []

    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.made.append(construct_id)
        sqs.Queue(self, "Queue", enforce_ssl=True)
        s3.Bucket(self, "Bucket")


class Part(Construct):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Queue")


def refused_by_the_cdk(app):
    sqs.Queue(cdk.Stack(app, "Bad"), "Queue", retention_period=cdk.Duration.seconds(1))


def refused_at_synthesis(app):
    stack = cdk.Stack(app, "Bad")
    stack.add_dependency(other := cdk.Stack(app, "Other"))
    other.add_dependency(stack)


def wrong_type(app):
    sqs.Queue(cdk.Stack(app, "Bad"), "Queue", fifo="yes")


def wrong_python(app):
    return {}["missing"]
"""


def test_an_app_is_synthesized_once_a_session_and_a_construct_in_a_stack_of_its_own(project: pytest.Pytester) -> None:
    project.makepyfile(stacks=STACKS)
    project.makepyfile(
        test_one="""
            from pathlib import Path
            from stacks import Good, Part

            def test_it_is_shared(synthesized):
                assert synthesized(Good) is synthesized(Good)
                assert Good.made == ["Good"]
                assert synthesized(Good, packs=["AwsSolutions"]) is not synthesized(Good)
                assert Good.made == ["Good", "Good"]

            def test_a_construct(synthesized):
                made = synthesized(Part)
                assert list(made.templates) == ["Test"]
                assert len(made.resources("AWS::SQS::Queue")) == 1
                Path("where").write_text(str(made.directory))
        """,
        test_two="""
            from stacks import Good

            def test_also_in_another_module(synthesized):
                synthesized(Good)
                assert Good.made == ["Good", "Good"]
        """,
    )
    run(project).assert_outcomes(passed=3)
    assert not Path((project.path / "where").read_text()).exists()


@pytest.mark.parametrize(
    ("build", "told"),
    [
        ("refused_by_the_cdk", "*/stacks.py:25: *message retention period*"),
        ("refused_at_synthesis", "*/stacks.py:31: *"),
        ("wrong_type", "*/stacks.py:35: TypeError: *fifo*"),
        ("wrong_python", "*/stacks.py:39: KeyError: 'missing'"),
    ],
)
def test_an_app_that_does_not_synthesize_is_told_in_one_line(project: pytest.Pytester, build: str, told: str) -> None:
    project.makepyfile(stacks=STACKS)
    project.makepyfile(f"from stacks import {build}\n\ndef test_it(synthesized):\n    synthesized({build})\n")
    failed = run(project, "--no-header")
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines([told])
    failed.stdout.no_fnmatch_line("*Traceback*")
    failed.stdout.no_fnmatch_line("E *")


GUARD = """
let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule buckets_are_versioned when %buckets !empty {
  %buckets.Properties.VersioningConfiguration.Status == 'Enabled' << every bucket keeps its versions >>
}
"""
REGO = """package ours

import rego.v1

violation contains v if {
    some name in resources_of_type("AWS::SQS::Queue")
    not resolve(name, "Properties.KmsMasterKeyId")
    v := make_diag_at("OURS-1", "ERROR", name, "Properties.KmsMasterKeyId", "queues have a key of ours")
}
"""
RULES = """
    from pathlib import Path

    from stacks import Good

    HERE = Path(__file__).parent

    def test_rules(synthesized, no_findings):
        no_findings(synthesized(Good, rules=[HERE / name for name in {names}]){more})
"""


def rules(project: pytest.Pytester, **files: str) -> None:
    project.makepyfile(stacks=STACKS)
    for name, content in files.items():
        project.makefile(f".{name}", ours=content)


def test_a_projects_own_rules_are_evaluated_by_the_cdks_validation(project: pytest.Pytester) -> None:
    rules(project, guard=GUARD, rego=REGO)
    both = ["ours.guard", "ours.rego"]
    project.makepyfile(test_theirs=RULES.format(names=both, more=""))
    failed = run(project)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(
        [
            "Good/Queue/Resource: OURS-1: KmsMasterKeyId: queues have a key of ours",
            "Good/Bucket/Resource: buckets_are_versioned: every bucket keeps its versions",
        ]
    )
    reasons = {"OURS-1": "Nothing private is sent.", "buckets_are_versioned": "What is in it can be made again."}
    project.makepyfile(test_theirs=RULES.format(names=both, more=f", accept={reasons}"))
    run(project).assert_outcomes(passed=1)
    project.makepyfile(test_theirs=RULES.format(names=["ours.guard"], more=f", accept={reasons}"))
    stale = run(project)
    stale.assert_outcomes(failed=1)
    stale.stdout.fnmatch_lines(["accepted, but not found: OURS-1"])


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("guard", GUARD.replace("==", "=!="), "*ours.guard: *Parser Error* at line *"),
        ("guard", "# nothing yet\n", "*ours.guard: holds no rule"),
        ("rego", REGO[:60], "*ours.rego: *ours.rego:5*error: *"),
        ("rego", REGO.replace("violation", "deny"), "*ours.rego: holds no rule named violation, *"),
        ("md", "", "*FixtureError: rules must be files named .guard or .rego, got *ours.md"),
        ("missing", "", "*RulesError: */no.guard: cannot be read: No such file or directory"),
    ],
)
def test_rules_that_cannot_check_anything_are_named_in_one_line(
    project: pytest.Pytester, kind: str, content: str, told: str
) -> None:
    rules(project, **{kind: content})
    name = "no.guard" if kind == "missing" else f"ours.{kind}"
    project.makepyfile(test_theirs=RULES.format(names=[name], more=""))
    failed = run(project)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines([told if kind != "missing" else told.removeprefix("*RulesError: ")])
    failed.stdout.no_fnmatch_line("*Traceback*")


def test_lint_names_the_template_and_the_place(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import aws_cdk as cdk
        from aws_cdk import aws_sqs as sqs

        def build(app):
            queue = sqs.CfnQueue(cdk.Stack(app, "Theirs"), "Queue")
            queue.add_property_override("VisibilityTimeout", 99999)

        def test_lint(synthesized, no_lint):
            no_lint(synthesized(build))

        def test_lint_with_an_exception(synthesized, no_lint):
            no_lint(synthesized(build), accept={"E3034"})
        """
    )
    failed = run(project)
    failed.assert_outcomes(failed=1, passed=1)
    failed.stdout.fnmatch_lines(["Theirs: Resources.Queue.Properties.VisibilityTimeout: E3034: *"])


def test_a_renamed_resource_with_data_is_told_by_its_snapshot_alone(project: pytest.Pytester) -> None:
    test = SNAPSHOT.replace("template_snapshot", "stateful_snapshot")
    project.makepyfile(test_theirs=test.format(arguments=""))
    run(project, "--snapshot-update").assert_outcomes(passed=1)
    project.makepyfile(test_theirs=test.format(arguments="delay=5"))
    run(project).assert_outcomes(passed=1)
    project.makepyfile(test_theirs=test.format(arguments='queue="Renamed"'))
    changed = run(project)
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines_random(['- Queue: "AWS::SQS::Queue"', '+ Renamed: "AWS::SQS::Queue"'])


PERMISSIONS = """
    from their_function import handler, template

    def test_permissions(permissions):
        permissions(template({action!r}), handler={handler}, events=[{{}}])
"""
FUNCTION = """
import json
from pathlib import Path


def handler(event, context):
    return None


def broken(event, context):
    return event["missing"]


def template(action, resource="*"):
    policy = {"Effect": "Allow", "Action": action, "Resource": resource}
    log = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": resource}
    document = {"Statement": [log, policy]}
    return {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"Policies": [{"PolicyName": "Work", "PolicyDocument": document}]},
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}},
            },
        }
    }
"""


@pytest.mark.parametrize(
    ("action", "handler", "told"),
    [
        (
            "s3:GetObjct",
            "handler",
            "Role.Policies[[]0]: statement 2 has an unknown action, s3:GetObjct; did you mean *",
        ),
        ("s3:GetObject", "broken", "*/their_function.py:10: the handler raised on event 1: KeyError: 'missing'"),
        ("s3:GetObject", "handler", "unused: s3:GetObject on [*]"),
    ],
)
def test_what_the_permissions_fixture_finds_is_told_in_one_line(
    project: pytest.Pytester, action: str, handler: str, told: str
) -> None:
    project.makepyfile(their_function=FUNCTION)
    project.makepyfile(
        test_theirs=PERMISSIONS.format(action=action, handler=handler).replace("handler,", f"{handler},", 1)
    )
    failed = run(project)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines([told])
    failed.stdout.no_fnmatch_line("*Traceback*")
