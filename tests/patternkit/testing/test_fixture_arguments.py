"""What fixtures take, and what they say of what they cannot take, at the test's own line."""

import pytest

from tests.patternkit.testing.conftest import run_here as run
from tests.patternkit.testing.test_fixtures import GUARD, STACKS

TAKES = """
    import json
    from pathlib import Path

    import aws_cdk as cdk
    import pytest
    from aws_cdk import assertions
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs

    from stacks import Good

    HERE = Path(__file__).parent
    S3 = {{"AwsSolutions-S1": "why", "AwsSolutions-S10": "why", "AwsSolutions-SQS3": "why"}}

    def made():
        app = cdk.App()
        return Good(app, "Made")

    def test_an_app_and_its_stack(synthesized, no_findings, no_lint):
        stack = made()
        assert list(synthesized(stack).templates) == list(synthesized(stack.node.root).templates) == ["Made"]
        no_findings(stack)
        no_findings(stack, packs="AwsSolutions", accept=S3)
        no_lint(stack)
        no_lint(stack.node.root, regions="eu-west-1")

    def test_what_is_added_later_is_seen(synthesized):
        stack = made()
        assert len(synthesized(stack).resources("AWS::SQS::Queue")) == 1
        sqs.Queue(stack, "More")
        assert len(synthesized(stack).resources("AWS::SQS::Queue")) == 2

    def test_a_class(no_findings, no_lint, template_snapshot, stateful_snapshot):
        no_findings(Good, packs=["AwsSolutions"], accept=S3)
        no_lint(Good)
        template_snapshot(Good, name="class", folder=str(HERE / "snapshots"))
        stateful_snapshot(Good, name="stateful", folder=HERE / "snapshots")

    def test_templates_and_paths(synthesized, no_findings, no_lint, template_snapshot):
        good = synthesized(Good)
        file = HERE / "good.json"
        file.write_text(json.dumps(good.template))
        for given in (good, good.template, file, str(file), str(good.directory), good.directory, made()):
            template_snapshot(given, name="same", folder="{folder}")
            no_lint(given)
        template_snapshot(assertions.Template.from_stack(made()), name="same", folder="{folder}")
        no_findings(good.directory)

    def test_one_for_a_list(synthesized):
        assert synthesized(Good, packs="AwsSolutions") is synthesized(Good, packs=["AwsSolutions"])
        rules = str(HERE / "ours.guard")
        assert synthesized(Good, rules=rules) is synthesized(Good, rules=[rules])
        assert "buckets_are_versioned" in {{one.rule for one in synthesized(Good, rules=rules).findings}}

    def test_lint_accepts_one(no_lint):
        def queue(app):
            sqs.CfnQueue(cdk.Stack(app, "Q"), "Queue").add_property_override("VisibilityTimeout", 99999)
        no_lint(queue, accept="E3034")

    def test_names_of_its_own(
        patternkit_synthesized, synthesized, patternkit_no_findings, patternkit_no_lint, patternkit_template_snapshot,
        patternkit_stateful_snapshot, patternkit_permissions, permissions, patternkit_network, network,
        patternkit_dns_names, dns_names, patternkit_traffic_shift, traffic_shift, patternkit_accelerator_flows,
        accelerator_flows,
    ):
        assert patternkit_synthesized is synthesized
        assert patternkit_permissions is permissions
        assert patternkit_network is network
        assert patternkit_dns_names is dns_names
        assert patternkit_traffic_shift is traffic_shift
        assert patternkit_accelerator_flows is accelerator_flows
"""


def test_fixtures_take_what_is_at_hand(project: pytest.Pytester) -> None:
    project.makepyfile(stacks=STACKS)
    project.makefile(".guard", ours=GUARD)
    project.makepyfile(test_theirs=TAKES.format(folder=project.path / "snapshots"))
    taken = run(project, "--snapshot-update")
    taken.assert_outcomes(passed=7)
    assert sorted(one.name for one in (project.path / "snapshots").iterdir()) == [
        "class.json",
        "same.json",
        "stateful.json",
    ]


SLIPS = [
    ("synthesized", "synthesized(7)", "synthesized takes a stack, a construct or an app, *, got int 7"),
    ("synthesized", "synthesized()", "synthesized() missing 1 required positional argument: 'build'"),
    ("synthesized", "synthesized(Good, pack='x')", "synthesized has no argument pack: did you mean packs[?]"),
    ("synthesized", "synthesized(Good, packs='AwsSolution')", "packs must be among AwsSolutions, *, got AwsSolution"),
    ("synthesized", "synthesized(Good, rules='a.md')", "rules must be files named .guard or .rego, got a.md"),
    ("synthesized", "synthesized(Good, packs=None)", "packs must be a text or a list of them, got NoneType None"),
    ("synthesized", "synthesized(Good, rules=[3])", "rules must be a path or a list of them, got list [[]3[]]"),
    ("synthesized", "synthesized(Good, context=3)", "context must be values by key: *, got 3"),
    ("no_lint", "no_lint({'Resources': {}}, accept=3)", "accept must be a text or a list of them, got int 3"),
    ("no_lint", "no_lint({'Resources': {}}, regions=[b'x'])", "regions must be a text or a list of them, got list *"),
    ("template_snapshot", "template_snapshot({'Resources': {}}, name={})", "name must be a text, got {}"),
    ("synthesized", "synthesized('nowhere')", "nowhere: there is no such file or folder"),
    ("synthesized", "synthesized('.')", ". is not a cloud assembly: there is no manifest.json in it"),
    ("synthesized", "synthesized(Good(App(), 'G'), context={})", "context is for what is synthesized here: *"),
    ("synthesized", "synthesized(RootConstruct('Alone'))", "Alone stands in no app: make it in one, *"),
    ("no_findings", "no_findings(None)", "no_findings takes a stack, *, got NoneType None"),
    ("no_findings", "no_findings(Good, accept=['AwsSolutions-S1'])", "accept must say why, by rule: *"),
    ("no_findings", "no_findings(Good, accepts={})", "no_findings has no argument accepts: did you mean accept[?]"),
    ("no_lint", "no_lint(3.5)", "no_lint takes a stack, *, got float 3.5"),
    ("no_lint", "no_lint(Good, region='x')", "no_lint has no argument region: did you mean regions[?]"),
    (
        "template_snapshot",
        "template_snapshot([])",
        "template_snapshot takes a template, its path, or *, got list [[][]]",
    ),
    ("template_snapshot", "template_snapshot(two)", "template_snapshot takes one template, and there are One, Two: *"),
    ("stateful_snapshot", "stateful_snapshot(1)", "stateful_snapshot takes a template, its path, or *, got int 1"),
    ("permissions", "permissions({'Resources': {}})", "permissions needs events: *"),
    (
        "permissions",
        "permissions({'Resources': {}}, event={})",
        "permissions has no argument event: did you mean events[?]",
    ),
    ("network", "network(7)", "a network is read from *, got int"),
    ("network", "network(Good)", "a network is read from what Good makes: give synthesized(Good)"),
    ("dns_names", "dns_names(7)", "a set of names is read from *, got int"),
    ("dns_names", "dns_names(Good)", "a set of names is read from what Good makes: give synthesized(Good)"),
    ("dns_names", "dns_names()", "give at least one template, cloud assembly or app"),
    ("network", "network()", "give at least one template, cloud assembly or app"),
    ("traffic_shift", "traffic_shift({'Resources': {}})", "say which alias: those that shift traffic are none"),
    ("traffic_shift", "traffic_shift(7)", "traffic_shift takes a template, its path, or *, got int 7"),
    (
        "traffic_shift",
        "traffic_shift({'Resources': {}}, aliass='live')",
        "traffic_shift has no argument aliass: did you mean alias[?]",
    ),
    (
        "accelerator_flows",
        "accelerator_flows({'Resources': {}})",
        "say which accelerator: those of the template are none",
    ),
    ("accelerator_flows", "accelerator_flows(7)", "accelerator_flows takes a template, its path, or *, got int 7"),
    ("local_cloud", "local_cloud.deploy('nowhere')", "*nowhere*"),
]


def test_a_slip_is_told_in_one_sentence_at_the_tests_own_line(project: pytest.Pytester) -> None:
    project.makepyfile(stacks=STACKS)
    head = (
        "from aws_cdk import App, Stack\nfrom constructs import RootConstruct\nfrom stacks import Good\n\n"
        "def two(app):\n    Stack(app, 'One')\n    Stack(app, 'Two')\n"
    )
    tests = [f"\ndef test_{n}({fixture}):\n    {call}\n" for n, (fixture, call, _) in enumerate(SLIPS)]
    # A slip in a fixture of the project's own ends at that fixture's line.
    own = "\nimport pytest\n@pytest.fixture\ndef made(synthesized):\n    return synthesized(0)\n"
    own += "\ndef test_own(made):\n    pass\n"
    project.makepyfile(test_theirs=head + "".join(tests) + own)
    failed = run(project, "-rN")
    failed.assert_outcomes(failed=len(SLIPS), errors=1)
    for _, call, said in SLIPS:
        failed.stdout.fnmatch_lines([f">   *{call.split('(')[0]}(*", f"E   *{said}"])
    text = failed.stdout.str()
    assert "patternkit/testing" not in text.replace("patternkit/testing/test_", "")
    assert "patternkit/routes" not in text
    assert ">       return synthesized(0)" in text


def test_a_fault_in_the_projects_own_code_keeps_its_traceback(project: pytest.Pytester) -> None:
    project.makepyfile(
        theirs="def broken(event, context):\n    return event.missing\n",
        test_theirs="from theirs import broken\n\ndef test_it(synthesized):\n    broken({}, None)\n",
    )
    failed = run(project)
    failed.stdout.fnmatch_lines(["*theirs.py:2: AttributeError"])
