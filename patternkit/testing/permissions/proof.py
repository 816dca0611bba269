"""Run a function's handler with its role enforced, and say what was denied and what was not used."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from patternkit.templates import TemplateError, as_template
from patternkit.templates.properties import check_properties
from patternkit.templates.transforms import TRANSFORM, has_transformed_resources, transforms
from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation
from patternkit.testing.permissions.lambda_service import platform_requests
from patternkit.testing.permissions.recording import Recorder, recording
from patternkit.testing.permissions.role import find_function, role_of
from patternkit.testing.permissions.running import Events, Handler, Invocation, imported, invoke, process
from patternkit.testing.permissions.statements import Request, Statement, read_policy
from patternkit.testing.permissions.unused import redundant_grants, unexplained, unused_grants
from patternkit.testing.permissions.wildcards import matches_arn


@dataclass(frozen=True, kw_only=True)
class PermissionProof:
    """What came of running a handler with its role enforced.

    Attributes:
        function: The function's logical id.
        calls: How many calls of AWS the handler made.
        evaluations: What had to be allowed, by the handler and by Lambda itself, and whether it was.
        unused: What the role may do and nothing used.
        redundant: What more than one statement allows. To take one of them away changes nothing.
        names: Logical ids by the ARN that a resource has here.
    """

    function: str
    calls: int
    evaluations: tuple[Evaluation, ...] = field(repr=False)
    unused: tuple[str, ...]
    redundant: tuple[str, ...]
    names: Mapping[str, str] = field(repr=False)

    @property
    def denied(self) -> tuple[Evaluation, ...]:
        """What is not shown to be allowed: what is denied, and what could not be evaluated."""
        return tuple(dict.fromkeys(one for one in self.evaluations if one.decision is not AccessDecision.ALLOWED))

    @property
    def not_evaluated(self) -> tuple[Evaluation, ...]:
        """What could not be evaluated; it is among what is denied."""
        return tuple(one for one in self.denied if one.decision is AccessDecision.NOT_EVALUATED)

    @property
    def used(self) -> frozenset[str]:
        """The actions that were needed and allowed."""
        return frozenset(one.request.action for one in self.evaluations if one.decision is AccessDecision.ALLOWED)

    def unexplained(self, reasons: Mapping[str, str]) -> list[str]:
        """Compare unused permissions with their explanations.

        Args:
            reasons: Why something is granted that nothing used, by its text in `unused`.

        Returns:
            What has no reason, and the reasons for what was used after all.
        """
        return unexplained(self.unused, reasons)

    def report(self) -> str:
        """Write the findings one a line.

        Returns:
            The lines; that all is well, if it is.
        """
        lines = [str(one) for one in self.denied] + [f"unused: {one}" for one in self.unused]
        summary = f"{self.function}: {self.calls} calls, {len(self.denied)} not allowed, {len(self.unused)} unused"
        text = "\n".join([summary, *(f"  {line}" for line in lines)])
        for arn in sorted(self.names, key=len, reverse=True):
            text = text.replace(arn, self.names[arn])
        return text


def prove(
    template: Mapping[str, Any] | Sequence[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]],
    *,
    events: Events,
    handler: Handler | str | None = None,
    function: str | None = None,
    code: Path | None = None,
    environment: Mapping[str, str] | None = None,
    raises: tuple[type[Exception], ...] = (),
    existing: Mapping[str, Mapping[str, Any]] | None = None,
    parameters: Mapping[str, str] | None = None,
    account: str = "123456789012",
    region: str = "us-east-1",
) -> PermissionProof:
    """Prove that the role of a function allows what its handler does, and see what it allows beyond that.

    The template's resources are made in this process (moto), the function's environment variables resolved to them,
    and each call that the handler makes through botocore is judged by the role's synthesized policies, the policies of
    the resources and those of the keys that encrypt them. A call that is denied fails as it does in AWS. What Lambda
    itself does with the role (log, traces, destinations, event sources) is judged too.

    Organization policies, VPC endpoint policies and session policies are not in a template and not modelled.

    Args:
        template: The template; or several, where stacks share exports; or several by their stacks' names, where they
            refer to each other's outputs by name too, as the CDK's weak references do.
        events: What the handler is invoked with. A function is given the account and yields events: between two of
            them it does what happens meanwhile, uploads say, with no role enforced.
        handler: The handler, or where it is: "package.module.function". A module is imported anew, with its package,
            so that what it makes on a cold start is made here. Default: the function's own `Handler`, with `code`.
        function: The function's logical id or construct path. Default: the only one.
        code: The folder that is the root of the Lambda package. Default: the handler is importable as it is.
        environment: Environment variables besides the function's own. Default: none.
        raises: Exceptions that the handler is meant to raise. Default: none.
        existing: Policies of resources that the templates do not make, `{}` for none, by ARN or ARN pattern.
            Default: nothing is known of them, and requests of them are not evaluated.
        parameters: Values of the template's parameters. Default: their defaults.
        account: The account's id, as the template has it if it names one.
        region: The Region, as the template has it if it names one.

    Returns:
        The proof.

    Raises:
        ProofError: If the template, a policy, the handler or an event is not usable.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    from moto import mock_aws

    named = template if isinstance(template, Mapping) and "Resources" not in template else {}
    templates = list(named.values()) or ([template] if isinstance(template, Mapping) else list(template))
    _check(templates)
    with process(account, region), mock_aws(config={"core": {"reset_boto3_session": False}}):
        made = Account(templates, account=account, region=region, parameters=parameters, stacks=list(named))
        key = find_function(made, function)
        made.make_all()
        role = role_of(made, key)
        known = {
            pattern: tuple(read_policy(pattern, document, document, of_resource=True)) if document else ()
            for pattern, document in (existing or {}).items()
        }
        recorder = Recorder(made, role, lambda arn: _resource_policy(made, known, arn))
        variables = _environment(made, key) | dict(environment or {})
        with patch.dict(os.environ, variables), recording(recorder):
            for wanted in platform_requests(made, *key, role.arn):
                if isinstance(wanted, Request):
                    recorder.evaluate([wanted])
                else:
                    recorder.not_evaluated("Lambda itself", wanted)
            properties = made.resolve(key[0], templates[key[0]]["Resources"][key[1]].get("Properties", {}))
            with imported(handler or str(properties.get("Handler")), code, recorder) as run:
                invoke(
                    run, events, made, recorder, raises, Invocation.of(properties, made.name(key[1]), region, account)
                )
        evaluations = tuple(recorder.evaluations)
        return PermissionProof(
            function=key[1],
            calls=recorder.calls,
            evaluations=evaluations,
            unused=unused_grants(role, evaluations, made.logical_ids()),
            redundant=redundant_grants(role, evaluations),
            names=made.logical_ids(),
        )


# What these make and rewrite gives no role of the template more.
_WITHOUT_GRANTS = {
    "AWS::LanguageExtensions",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
}


def _check(templates: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what is no template before anything is made of it."""
    if not templates or not all(
        isinstance(one, Mapping) and isinstance(one.get("Resources"), Mapping) for one in templates
    ):
        raise ProofError("template must be a CloudFormation template with Resources")
    for number, one in enumerate(templates, 1):
        what = "template" if len(templates) == 1 else f"template {number}"
        try:
            template = as_template(one, what)
            if loop := next((name for name in template["Resources"] if name.startswith("Fn::")), None):
                raise ProofError(f"{what} must be processed before it is proved: it has {loop}")
            if macros := [name for name in transforms(template) if name not in _WITHOUT_GRANTS]:
                raise ProofError(f"{what} must be processed before it is proved: it has the transform {macros[0]}")
            if has_transformed_resources(template):
                raise ProofError(f"{what} must be processed before it is proved: a resource has {TRANSFORM}")
            check_properties(template, what)
        except TemplateError as error:
            raise ProofError(str(error)) from None


def _resource_policy(
    account: Account, known: Mapping[str, Sequence[Statement]], arn: str
) -> Sequence[Statement] | None:
    if (made := account.find(arn)) is not None:
        return made.policies
    return next((statements for pattern, statements in known.items() if matches_arn(pattern, arn)), None)


def _environment(account: Account, key: tuple[int, str]) -> dict[str, str]:
    index, logical_id = key
    properties = account.templates[index]["Resources"][logical_id].get("Properties", {})
    variables = account.resolve(index, properties.get("Environment", {}).get("Variables", {}))
    if not isinstance(variables, Mapping):
        raise ProofError(f"{logical_id}: its environment variables are not known before deployment")
    own = {name: str(getattr(value, "text", value)) for name, value in variables.items()}
    # CloudFormation writes a truth value as JSON does.
    own |= {name: own[name].lower() for name, value in variables.items() if isinstance(value, bool)}
    return own | {
        "AWS_LAMBDA_FUNCTION_NAME": account.name(logical_id),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    }
