"""Repairs of ministack that work in its own process: see `patternkit.localcloud.embedded`.

Each function here takes a module of ministack's at the moment that ministack loads it, and replaces a function in it
with one that does what AWS does. The release is pinned, and each repair has a test that fails without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from patternkit.localcloud.emulation import (
    edge_functions,
    function_errors,
    function_logs,
    generated_secret,
    graphql_sources,
    invocation_records,
    object_events,
    queries,
    queue_consumers,
    resource_types,
    response_module,
    secret_rotation,
    signature_conditions,
    stage_variables,
    stream_consumers,
    task_conditions,
    task_targets,
    token_keys,
    weighted_alias,
    workflows,
)

Amendment = Callable[[ModuleType], None]

AMENDMENTS: Mapping[str, tuple[Amendment, ...]] = {
    "ministack.core.cloudfront_js": (edge_functions.run_by_own_runtime,),
    "ministack.core.iam_actions": (task_conditions.name_clusters,),
    "ministack.core.iam_evaluator": (signature_conditions.know_signatures,),
    "ministack.core.lambda_runtime": (function_errors.name_in_workers, function_logs.log_in_workers),
    "ministack.services.lambda_svc": (
        function_errors.name_in_answers,
        weighted_alias.route,
        invocation_records.record_invocations,
        queue_consumers.judge_answers,
        stream_consumers.read_streams,
    ),
    "ministack.services.cloudfront": (edge_functions.read_stores_and_choose_origins,),
    "ministack.services.apigateway_v1": (stage_variables.read_in_addresses,),
    "ministack.services.apigateway": (token_keys.read_by_tls,),
    "ministack.services.appsync": (graphql_sources.do_as_resolvers_ask,),
    "ministack.services.athena": (queries.fail_without_engine,),
    "ministack.services.eventbridge": (task_targets.run_tasks, object_events.name_version),
    "ministack.services.s3": (object_events.remember_version, edge_functions.read_buckets_by_tls),
    "ministack.services.stepfunctions": (workflows.end_in_time, workflows.check_definitions),
    "ministack.services.secretsmanager": (secret_rotation.rotate,),
    "ministack.services.cloudformation.provisioners": (
        generated_secret.generate,
        resource_types.add,
        response_module.bring,
    ),
}
"""Module of ministack's, what is done to it, in order."""
