"""Functions of Amazon CloudFront that read a key value store and choose an origin.

ministack runs functions without the module `cloudfront`: one that imports it fails at every request. And its Node has
what the runtime at the edge lacks.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

from patternkit.localcloud.inside.signatures import SIGNATURE

RUNTIME = Path(__file__).parents[2] / "javascript" / "edge_runtime.cjs"
_request: ContextVar[dict[str, Any]] = ContextVar("_request")


def run_by_own_runtime(evaluator: ModuleType) -> None:
    """Have functions run by the catalog's own runtime, of which the fixture `edge_functions` is made too.

    Args:
        evaluator: ministack's module that runs functions by Node.
    """
    vars(evaluator)["_pool"].script = RUNTIME.read_text(encoding="utf-8")


def read_stores_and_choose_origins(edge: ModuleType) -> None:
    """Give functions their key value store, and send a request to the origin that its function chose.

    Args:
        edge: ministack's module of CloudFront.
    """
    module = vars(edge)
    serve, parse, match = (
        module[name] for name in ("handle_viewer_request", "parse_distribution_dataplane_config", "_match_behavior")
    )

    pool = vars(module["cloudfront_js"])["_pool"]

    async def serving(*arguments: Any, **named: Any) -> Any:
        token = _request.set({})
        try:
            return await serve(*arguments, **named)
        finally:
            _request.reset(token)

    def parsing(distribution: Any) -> Any:
        found = parse(distribution)
        _request.get({})["parsed"] = found
        return found

    def matching(parsed: Any, path: str) -> Any:
        behavior = match(parsed, path)
        _request.get({}).setdefault("behavior", behavior)
        return behavior

    async def running(function_arn: str, event: dict[str, Any]) -> Any:
        code = module["live_function_code"](function_arn)
        if code is None:
            raise module["CloudFrontFunctionError"](f"{function_arn} has no published (LIVE) code")
        request = _request.get({})
        question = {
            "code": code.decode("utf-8"),
            "event": event,
            "store": _store(module, function_arn),
            "origins": list(request.get("parsed", {}).get("origins", {})) or None,
        }
        answer = await module["run_offloop"](pool.call, question, timeout=5.0)
        for line in answer.get("log", ()):
            module["logger"].info("%s: %s", function_arn, line)
        if answer["status"] != "ok":
            raise module["CloudFrontFunctionError"](f"{answer['kind']}: {answer['message']}")
        if answer.get("origin") and "behavior" in request:
            _choose(request, answer["origin"])
        return answer["value"]

    module["handle_viewer_request"] = serving
    module["parse_distribution_dataplane_config"] = parsing
    module["_match_behavior"] = matching
    module["_run_function"] = running


def _store(module: dict[str, Any], function_arn: str) -> dict[str, str] | None:
    import ministack.services.cloudfront_keyvaluestore as stores

    function = module["_functions"].get(function_arn.rsplit("/", 1)[-1]) or {}
    arns = function.get("kvs_arns") or []
    return dict((vars(stores)["_stores"].get(arns[0]) or {}).get("items") or {}) if arns else None


def _choose(request: dict[str, Any], chosen: dict[str, Any]) -> None:
    """Change the request's own copy of the behavior: that of other requests is read anew."""
    behavior, origins = request["behavior"], request["parsed"]["origins"]
    if "id" in chosen:
        behavior["target_origin_id"] = chosen["id"]
    elif "group" in chosen:
        # The first that answers: failover is not made here.
        behavior["target_origin_id"] = chosen["group"][0]
    elif "update" in chosen:
        given = chosen["update"]
        changed = dict(origins[behavior["target_origin_id"]])
        if "domainName" in given:
            changed |= {"domain_name": given["domainName"], "s3_bucket": None}
        if "originPath" in given:
            changed["origin_path"] = given["originPath"]
        origins["changed by the function"] = changed
        behavior["target_origin_id"] = "changed by the function"


def read_buckets_by_tls(objects: ModuleType) -> None:
    """Have CloudFront read the objects of an origin as it does: signed, and by TLS, which policies of buckets ask for.

    Args:
        objects: ministack's module of Amazon S3.
    """
    module = vars(objects)
    allows = module["_cloudfront_origin_allows"]

    def allowing(*arguments: Any, **named: Any) -> Any:
        token = SIGNATURE.set({"aws:securetransport": "true", "s3:signatureversion": "AWS4-HMAC-SHA256"})
        try:
            return allows(*arguments, **named)
        finally:
            SIGNATURE.reset(token)

    module["_cloudfront_origin_allows"] = allowing
