"""What every pattern must pass, and every example application. Nothing here names one: they are discovered."""

import ast
import importlib
import inspect
import json
import re
import shlex
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import aws_cdk as cdk
import pytest
from click.testing import CliRunner
from constructs import Construct

from patternkit.catalog import cli
from patternkit.catalog.application import add_example
from patternkit.catalog.applications import Application, applications
from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, explanation, patterns
from patternkit.catalog.listings import LISTS
from patternkit.catalog.markdown import Table
from patternkit.catalog.pages import diagram, page, pictured, rendered
from patternkit.catalog.parts.listings import listing
from patternkit.catalog.scaffolding import filled
from patternkit.catalog.shown_examples import Shown
from patternkit.localcloud import LocalCloud
from patternkit.localcloud.emulation.left_out import LEFT_OUT
from patternkit.testing.findings import listed
from patternkit.testing.linting import REDUNDANT_DEPENDENCY, lint
from patternkit.testing.stateful import stateful_resources
from tests.alarms import unpublished, watched
from tests.conftest import ENVIRONMENTS, ROOT, context, example
from tests.constructs import app_for_its_template
from tests.plain_texts import wrong
from tests.refusals import Refusal
from tests.topics import with_topic

PATTERNS = [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in patterns().values()]
APPLICATIONS = [
    pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in applications().values()
]
COMPLIANCE = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")

every_pattern = pytest.mark.parametrize("pattern", PATTERNS)
every_application = pytest.mark.parametrize("application", APPLICATIONS)
every_example = pytest.mark.parametrize("shown", [*PATTERNS, *APPLICATIONS])
in_both_environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


def mirror(shown: Shown) -> Path:
    return ROOT / "tests" / shown.folder.relative_to(ROOT)


@every_example
@in_both_environments
def test_nothing_is_found_that_is_not_acknowledged_one_by_one(shown: Shown, environment: str) -> None:
    found = [one for one in example(shown.name, environment).findings if one.pack not in COMPLIANCE]
    assert not found, f"mend these, or acknowledge each on its construct with a reason:\n{listed(found)}"


@every_example
def test_reasons_of_acknowledged_findings_are_sentences(shown: Shown) -> None:
    reasons = {one.reason for one in example(shown.name, "agnostic").acknowledged}
    found = {reason: why for reason in reasons if (why := wrong(reason))}
    assert not found
    assert not {reason for reason in reasons if not reason.endswith(".")}


NAMES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}


@every_example
def test_what_outlives_its_stack_has_no_name_that_the_next_one_needs(shown: Shown) -> None:
    """Else a stack that was deleted, or rolled back, cannot be deployed again."""
    for template in example(shown.name, "agnostic").templates.values():
        resources = template["Resources"]
        for name, one in resources.items():
            given = one.get("Properties", {}).get(NAMES.get(one["Type"], ""))
            if given is None or not one.get("DeletionPolicy", "").startswith("Retain"):
                continue
            parts = re.findall(r'"(?:Ref": |Fn::GetAtt": \[)"([\w:]+)"', json.dumps(given))
            assert {"AWS::StackId", *resources} & set(parts), f"{name} is kept under a name that the next one takes"


@every_example
@in_both_environments
def test_the_template_is_as_it_was(shown: Shown, environment: str, template_snapshot: Callable[..., None]) -> None:
    """The agnostic template whole, the concrete one as its difference from it."""
    agnostic = example(shown.name, "agnostic").templates
    for name, template in example(shown.name, environment).templates.items():
        base = None if environment == "agnostic" else agnostic[name]
        template_snapshot(
            template, name=f"{name}.{environment}", folder=mirror(shown) / "snapshots", difference_from=base
        )


@every_example
@in_both_environments
def test_stateful_resources_keep_their_logical_ids(
    shown: Shown, environment: str, template_snapshot: Callable[..., None]
) -> None:
    for name, template in example(shown.name, environment).templates.items():
        held = stateful_resources(template)
        template_snapshot(held, name=f"{name}.stateful", folder=mirror(shown) / "snapshots")


@every_example
def test_no_snapshot_is_left_over(shown: Shown) -> None:
    expected = {
        f"{name}.{kind}.json"
        for name in example(shown.name, "agnostic").templates
        for kind in (*ENVIRONMENTS, "stateful")
    }
    assert {path.name for path in (mirror(shown) / "snapshots").iterdir()} == expected


@every_example
def test_data_is_retained(shown: Shown) -> None:
    for template in example(shown.name, "agnostic").templates.values():
        for logical_id in stateful_resources(template):
            resource = template["Resources"][logical_id]
            kept = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            ways = {("Retain", "Retain"), ("RetainExceptOnCreate", "Retain"), ("Snapshot", "Snapshot")}
            assert kept in ways, f"{logical_id} is deleted with its stack"


# A zone's name may be that of another zone.
_NAMED_TWICE = {"AWS::Route53::HostedZone"}


@every_example
def test_what_is_kept_has_no_name_that_the_stack_made_anew_would_take(shown: Shown) -> None:
    """Or a stack that was deleted, or whose first deployment failed, could not be deployed again."""
    for template in example(shown.name, "agnostic").templates.values():
        for logical_id, resource in template["Resources"].items():
            if "Retain" not in resource.get("DeletionPolicy", "") or resource["Type"] in _NAMED_TWICE:
                continue
            own = {"Name", f"{resource['Type'].rpartition('::')[2]}Name"}
            named = {
                name: value
                for name, value in resource.get("Properties", {}).items()
                # What holds the id of the stack or of a resource is another name in each.
                if name in own and not re.search(r"'(Ref|Fn::GetAtt)': (?!'AWS::(?!StackId))", str(value))
            }
            assert not named, f"{logical_id} is kept, and has a name: {', '.join(named)}"


@every_example
def test_new_instances_are_healthy_before_old_ones_go(shown: Shown) -> None:
    """A rolling update of CloudFormation goes on through a whole group of instances that never serve."""
    for template in example(shown.name, "agnostic").templates.values():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] != "AWS::AutoScaling::AutoScalingGroup":
                continue
            refresh = resource.get("UpdatePolicy", {}).get("AutoScalingInstanceRefresh", {})
            assert refresh.get("Preferences", {}).get("MinHealthyPercentage") == 100, logical_id


@every_example
@in_both_environments
def test_cfn_lint_is_silent(shown: Shown, environment: str) -> None:
    for template in example(shown.name, environment).templates.values():
        said = lint(template, accept={REDUNDANT_DEPENDENCY})
        assert not said, "\n".join(str(one) for one in said)


@every_pattern
def test_compliance_findings_are_explained_and_no_others(pattern: Pattern) -> None:
    found = {one.rule.split("[")[0] for one in example(pattern.name, "agnostic").findings if one.pack in COMPLIANCE}
    unexplained = {rule for rule in found if explanation(pattern, rule) is None}
    assert unexplained == set(), "explain these under [[findings]] in pattern.toml"
    found |= {one.partition("-")[2] for one in found}
    assert {one.id for one in pattern.findings} - found == set(), "these are not found any more: take them out"


@every_pattern
def test_each_documented_error_is_raised(pattern: Pattern, scope: cdk.Stack) -> None:
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    module = f"tests.patterns.{pattern.family}.{pattern.folder.name}.refusals"
    refusals: list[Refusal] = importlib.import_module(module).REFUSALS
    assert "ValueError" in (inspect.getdoc(construct) or ""), "the docstring says nothing of ValueError"
    assert refusals, f"{module} holds no refusal"
    taken = inspect.signature(inspect.getattr_static(construct, "__init__")).parameters
    for number, refusal in enumerate(refusals):
        # What stands before a colon or bracket is the argument, not what others call the like.
        named = re.match(r"(\w+)(?:\[[^]]*\])?:|(\w+)\[", refusal.message)
        assert named is None or (named[1] or named[2]) in taken, refusal.message
        given = refusal.arguments(cdk.Stack(scope, f"Given{number}"))
        with pytest.raises(ValueError, match=f"^{re.escape(refusal.message)}$"):
            construct(scope, f"Refused{number}", **given)


@every_pattern
def test_a_project_can_be_started_with_it(pattern: Pattern) -> None:
    words = {"name": "own", "package": "own", "stack": "OwnStack", "summary": pattern.summary}
    starter = {path.name: text for path, text in filled(pattern.folder / "starter", words)}
    assert f"{pattern.construct}(self, " in starter["stack.py"]
    assert starter.keys() & {"test_locally.py", "test_paths.py"}, "no test of what the pattern does"
    for name, text in starter.items():
        ast.parse(text, name, feature_version=(3, 11))


def with_handlers() -> list[Path]:
    """The folders, in the catalog, of everything whose code runs in AWS."""
    return sorted(one.parent.relative_to(ROOT) for one in (ROOT / "patterns").glob("*/*/handler"))


@pytest.mark.parametrize("folder", with_handlers(), ids=str)
def test_what_runs_in_aws_is_held_to_the_permissions_proof(folder: Path) -> None:
    beside = ROOT / "tests" / folder
    tests = [*beside.glob("test_*.py"), *beside.parent.glob(f"test_{beside.name}_permissions.py")]
    proof = re.compile(r"^def test_the_role_allows_what_is_\w+_and_no_more", re.MULTILINE)
    assert any(proof.search(one.read_text(encoding="utf-8")) for one in tests), (
        f"prove the role of {folder / 'handler'} in {beside.relative_to(ROOT) / 'test_permissions.py'}"
    )


# What stays is named in the words that people look for.
_IN_WORDS = {
    "AWS::Cognito::UserPool": "user pool",
    "AWS::Cognito::UserPoolGroup": "groups",
    "AWS::ApiGateway::Account": "role",
    "AWS::DynamoDB::Table": "table",
    "AWS::EC2::EIP": "address",
    "AWS::Lambda::Version": "version",
    "AWS::Route53::HostedZone": "hosted zone",
    "AWS::Logs::LogGroup": "log",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
}


@every_pattern
def test_the_page_says_what_deleting_the_stack_leaves(pattern: Pattern) -> None:
    """In one paragraph, `**Deleting the stack.**`: what goes in which order, what stays, what is done by hand."""
    text = (pattern.folder / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^\*\*Deleting the stack\.\*\* (.*?)(?:\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{pattern.name}: write one paragraph that begins **Deleting the stack.**"
    said = " ".join(found[0].lower().split())
    (template,) = example(pattern.name, "agnostic").templates.values()
    kept = {one["Type"] for one in template["Resources"].values() if "Retain" in one.get("DeletionPolicy", "")}
    for kind in sorted(kept):
        word = _IN_WORDS.get(kind, kind.rpartition("::")[2].lower())
        assert word in said, f"{pattern.name}: a {kind} stays when the stack is deleted: say so, as {word!r}"


@every_pattern
def test_the_page_says_how_a_bucket_that_stays_forgets_what_it_told(pattern: Pattern) -> None:
    """CloudFormation takes nothing off a bucket that it keeps, and S3 verifies all destinations whenever one is added.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
    """
    (template,) = example(pattern.name, "agnostic").templates.values()
    tells = [
        name
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::S3::Bucket"
        and "Retain" in one.get("DeletionPolicy", "")
        and set(one["Properties"].get("NotificationConfiguration", {})) - {"EventBridgeConfiguration"}
    ]
    said = (pattern.folder / "README.md").read_text(encoding="utf-8").partition("**Deleting the stack.**")[2]
    if tells:
        assert "put-bucket-notification-configuration" in said.partition("\n\n")[0], f"{pattern.name}: {tells}"


def queue_handlers() -> list[Path]:
    """The modules that answer which messages of a batch failed; those of a stream are in order anyway."""
    found = [*(ROOT / "patterns").glob("*/*/handler/**/*.py"), *(ROOT / "examples").glob("**/*.py")]
    sources = {one.relative_to(ROOT): one.read_text(encoding="utf-8") for one in sorted(found)}
    return [
        name for name, source in sources.items() if '"batchItemFailures"' in source and '"SequenceNumber"' not in source
    ]


@pytest.mark.parametrize("module", queue_handlers(), ids=str)
def test_what_takes_messages_off_a_queue_is_given_a_fifo_batch(module: Path) -> None:
    folder = ROOT / "tests" / Path(*module.parts[: 3 if module.parts[0] == "patterns" else 1])
    tests = "".join(one.read_text(encoding="utf-8") for one in folder.rglob("test_*.py"))
    assert "assert_a_group_stops_at_its_first_failure(" in tests, (
        f"give {module} a batch of a FIFO queue: tests/queue_batches.py"
    )
    name = ".".join(module.with_suffix("").parts)
    assert name in tests, f"{name} is not among what is given a FIFO batch"


def test_links_name_the_region_s_endpoint_and_uploads_have_a_size() -> None:
    """S3's global endpoint redirects, and the signature does not hold there; a link to PUT by takes any size."""
    for path in sorted([*(ROOT / "patterns").rglob("*.py"), *(ROOT / "examples").rglob("*.py")]):
        source = path.read_text(encoding="utf-8")
        if "generate_presigned_" in source:
            assert '"us_east_1_regional_endpoint": "regional"' in source, f"{path} signs links for the global endpoint"
            assert 'signature_version="s3v4"' in source, path
        assert not re.search(r"generate_presigned_url\(\s*[\"']put_object", source), f"{path}: sign a POST with a size"
        assert source.count("generate_presigned_post(") == source.count('"content-length-range"'), path


@every_pattern
def test_a_fifo_topic_is_refused_for_alarms(pattern: Pattern) -> None:
    """An alarm has no message group, and Amazon SNS refuses a message without one."""
    if "alarm_topic" not in {one.name for one in arguments(pattern)}:
        pytest.skip("it takes no alarm topic")
    app = app_for_its_template()
    topic = cdk.aws_sns.Topic(cdk.Stack(app, "Topics"), "Alarms", fifo=True)
    example_stack = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    with pytest.raises(ValueError, match=r"^alarm_topic must be a standard topic: "):
        example_stack(app, "WithTopic", alarm_topic=topic)


@every_pattern
def test_metadata_agrees_with_the_code(pattern: Pattern) -> None:
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    summary, _, rest = (inspect.getdoc(construct) or "").partition("\n")
    assert summary == f"{pattern.summary}."
    assert (pattern.folder / "README.md").read_text(encoding="utf-8").startswith(f"# {pattern.title}\n")
    assert "Source: https://" in rest
    for argument in arguments(pattern):
        assert argument.meaning.endswith("."), f"{argument.name}: a sentence ends in a full stop"
        if argument.default is not None:
            assert re.search(r"Defaults?\b|Required with", argument.meaning), f"{argument.name}: say its default"
    assert pattern.name not in {one.name for one in pattern.alternatives}
    for one in pattern.alternatives:
        # Nothing else is named as patterns are.
        assert one.is_pattern == (one.name in patterns()), one.name
        assert one.is_pattern or re.search(r"[A-Z ]", one.name), f"{one.name} is no pattern: say in words what it is"


@every_pattern
def test_each_alarm_tells_the_topic_and_is_listed(pattern: Pattern) -> None:
    if "alarm_topic" not in {one.name for one in arguments(pattern)}:
        pytest.skip("it takes no alarm topic")
    _, made, alarms = with_topic(pattern.name)
    assert alarms, "no alarm on any failure path"
    assert {one.node.scope.node.path for one in alarms if one.node.scope} == {one.node.path for one in made.alarms}
    for one in alarms:
        assert one.alarm_actions, f"{one.node.path} tells nobody"
        said = one.alarm_description or ""
        assert re.match(r"[A-Z0-9$]", said), f"{one.node.path}: say what is wrong, in a sentence"
        assert said.endswith((".", "?")), f"{one.node.path}: a sentence ends in a full stop"


@every_pattern
def test_no_security_group_has_a_name_that_amazon_ec2_refuses(pattern: Pattern) -> None:
    stack, _, _ = with_topic(pattern.name)
    for one in stack.node.find_all():
        if isinstance(one, cdk.aws_ec2.CfnSecurityGroup):
            assert one.group_name, f"{one.node.path} is called sg-..., after its stack: use deployable"
            assert not one.group_name.startswith("sg-")


@every_pattern
def test_each_alarm_and_metric_watches_what_the_mirror_says(pattern: Pattern) -> None:
    """By metric, statistic, line, periods and missing data; a new one is copied from the failure into alarms.toml."""
    assert not unpublished(*with_topic(pattern.name))
    found = watched(*with_topic(pattern.name))
    file = mirror(pattern) / "alarms.toml"
    held = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    assert found == {"alarms": {}, "metrics": {}} | held


@every_pattern
def test_a_metric_is_asked_for_by_the_period_that_is_given(pattern: Pattern) -> None:
    _, made, _ = with_topic(pattern.name)
    for name in (one for one in dir(type(made)) if one.startswith("metric_")):
        method = getattr(made, name)
        needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
        # Of one of several things, by its name: a key of what the construct has.
        names = {key for held in vars(made).values() if isinstance(held, dict) for key in held} if needed else {""}
        given = next(one for one in sorted(names) if not needed or _is_taken(method, one))
        of = [given] if needed else []
        seconds = [method(*of, period=cdk.Duration.minutes(one)).period.to_seconds() for one in (1, 7)]
        assert seconds == [60, 420], name
        assert method(*of).period.to_seconds() >= 60, name


def _is_taken(method: Callable[..., object], name: str) -> bool:
    try:
        method(name)
    except (ValueError, KeyError):
        return False
    return True


@every_pattern
def test_ids_of_constructs_are_words(pattern: Pattern) -> None:
    """An abbreviation is a word, too: Vpc, not VPC. Ids are a contract: they are not changed for their looks later."""
    _, made, _ = with_topic(pattern.name)
    ids = [
        one.node.id
        for one in made.node.find_all()
        if type(one.node.scope) is Construct or type(one.node.scope).__module__.startswith("patterns.")
    ]
    assert [one for one in ids if re.search(r"^[A-Z]{2}|[A-Z]{3}|[A-Z]{2}$", one)] == []


@every_pattern
def test_what_its_template_holds_can_be_listed(pattern: Pattern) -> None:
    synthesis = example(pattern.name, "agnostic")
    text = page(pattern).read_text(encoding="utf-8")
    for name in LISTS:
        tables = [part for part in listing(name, pattern, synthesis) if isinstance(part, Table)]
        if name == "routes" and not any(one.rows for one in tables):
            continue
        assert f"`patternkit show {pattern.name} --{name}`" in text
        for one in tables:
            assert all(len(row) == len(one.heads) for row in one.rows)
    listed = {row[0].strip("`"): int(row[1]) for row in listing("resources", pattern, synthesis)[0].rows}  # type: ignore[union-attr]
    assert listed == Counter(one["Type"] for one in synthesis.template["Resources"].values())
    roles = [row[0] for row in listing("permissions", pattern, synthesis)[0].rows if row[0]]  # type: ignore[union-attr]
    assert len(roles) == len(synthesis.resources("AWS::IAM::Role"))


@every_example
def test_the_page_is_current(shown: Shown) -> None:
    made = rendered(shown, example(shown.name, "agnostic"))
    assert page(shown).read_text(encoding="utf-8") == made, f"{page(shown)} is not current: run make pages"


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[LocalCloud]:
    with LocalCloud.start() as cloud:
        yield cloud


@pytest.mark.parametrize("pattern", [one for one in PATTERNS if one.values[0].local != "no"])  # type: ignore[union-attr]
def test_it_starts_on_this_machine_by_the_commands_of_its_page(
    pattern: Pattern, shared_cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each command as it stands there; what it shares with the others is the cloud, and a template made before."""

    def synthesized(pattern: Pattern, options: Mapping[str, str], output: Path, *, handlers: str) -> None:
        assert handlers == "local"
        if options:
            with_options = cdk.App(context={**context(), "aws:cdk:bundling-stacks": []}, outdir=str(output))
            add_example(with_options, pattern, options)
            with_options.synth()
        else:
            shutil.copytree(example(pattern.name, "agnostic").directory, output)

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("patternkit.catalog.synthesis.synthesize", synthesized)
    monkeypatch.setattr("patternkit.catalog.local_session._end_on_signals", lambda: None)
    monkeypatch.setattr("patternkit.catalog.local_session._hold", lambda *_: None)
    monkeypatch.setattr(LocalCloud, "start", lambda **_: shared_cloud)
    monkeypatch.setattr(shared_cloud, "stop", lambda: None)
    text = (pattern.folder / "README.md").read_text(encoding="utf-8")
    commands = set(
        re.findall(rf"patternkit (deploy {pattern.name}\b(?: -o (?:'[^']*'|[^\s`]+)| --parameter [^\s`]+)*)", text)
    )
    assert commands
    output = ""
    for command in sorted(commands):
        told = CliRunner().invoke(cli.app, shlex.split(command))
        assert told.exit_code == 0, f"{command}: {told.exception or told.output}"
        assert f"{pattern.title} runs at {shared_cloud.endpoint_url}" in told.output.replace("\n", " ")
        output += told.output
    left_out = {each for each in re.findall(r"AWS::\w+::\w+", output) if each in LEFT_OUT}
    held = {each["Type"] for each in example(pattern.name, "agnostic").template["Resources"].values()}
    assert held & LEFT_OUT.keys() <= left_out  # what was passed over is said


@every_example
def test_the_diagram_is_current(shown: Shown) -> None:
    made = pictured(shown, example(shown.name, "agnostic"))
    path = diagram(shown)
    assert path.exists(), f"{path} is missing: run make pages"
    assert path.read_text(encoding="utf-8") == made, f"{path} is not current: run make pages"


@every_application
def test_compliance_findings_are_those_that_patterns_explain(application: Application) -> None:
    found = {one.rule.split("[")[0] for one in example(application.name, "agnostic").findings if one.pack in COMPLIANCE}
    unexplained = {rule for rule in found if not any(explanation(one, rule) for one in patterns().values())}
    assert unexplained == set(), "mend these: no pattern explains them"


@every_application
def test_an_application_is_of_several_patterns_and_stacks(application: Application) -> None:
    assert len(example(application.name, "agnostic").templates) >= 2
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(application.folder.glob("*.py")))
    taken = [one for one in patterns().values() if f"from {one.module} import" in sources]
    assert len(taken) >= 2
    page_text = (application.folder / "README.md").read_text(encoding="utf-8")
    assert page_text.splitlines()[2] == f"{application.summary}."
    for one in taken:
        assert f"../../patterns/{one.family}/{one.folder.name}/README.md" in page_text, (
            f"the page does not name {one.name}"
        )


@every_application
def test_each_alarm_of_an_application_tells_somebody(application: Application) -> None:
    alarms = [
        (name, logical_id, resource["Properties"])
        for name, template in example(application.name, "agnostic").templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] in {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
    ]
    assert alarms, "no alarm on any failure path"
    silent = [f"{name}: {logical_id}" for name, logical_id, properties in alarms if not properties.get("AlarmActions")]
    assert not silent
