"""The CDK app of the catalog: every pattern's example stack, or the one or the application that the context names.

`cdk synth -c pattern=thumbnailer -c widths=128,512` comes in here, so does `cdk synth -c application=order-intake`, and
so does `patternkit synth`.
"""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.catalog.applications import find_application
from patternkit.catalog.discovery import Pattern, find, patterns
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.options import typed
from patternkit.catalog.settings import catalog_settings
from patternkit.errors import one_line


def build(
    app: cdk.App,
    options: Mapping[str, Any] | None = None,
    *,
    pattern: str | None = None,
    application: str | None = None,
) -> list[cdk.Stack]:
    """Add example stacks to an app.

    Args:
        app: The app.
        options: Options of the pattern's construct, as text. Default: none.
        pattern: The pattern's name. Default: every pattern.
        application: An example application's name, instead of a pattern. Default: none.

    Returns:
        The stacks.

    Raises:
        CatalogError: If there is no such pattern, application or option, or a value is wrong.
    """
    if application is not None:
        if pattern is not None:
            raise CatalogError(f"pattern or application must be given, got {pattern} and {application}")
        found = find_application(application)
        if options:
            raise CatalogError(
                f"option {next(iter(options))} must be set in {found.name}'s app.py: it takes no options"
            )
        return found.add(app)
    if pattern is not None:
        return [add_example(app, find(pattern), options or {})]
    if options:
        raise CatalogError(f"option {next(iter(options))} needs a pattern: add -c pattern=NAME")
    return [add_example(app, one, {}) for one in patterns().values()]


def add_example(
    app: cdk.App, pattern: Pattern, options: Mapping[str, Any], *, env: cdk.Environment | None = None
) -> cdk.Stack:
    """Add one pattern's example stack to an app.

    Args:
        app: The app.
        pattern: The pattern.
        options: Options of its construct, as text.
        env: Where the stack goes. Default: wherever it is deployed.

    Returns:
        The stack.

    Raises:
        CatalogError: If there is no such option, or a value is wrong.
    """
    construct = getattr(importlib.import_module(pattern.module), pattern.construct)
    stack: type[cdk.Stack] = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    arguments = typed(construct, options)
    try:
        return stack(app, pattern.stack, env=env, **arguments)
    except ValueError as error:
        raise CatalogError(f"{pattern.name}: {error}") from None


def feature_flags() -> dict[str, Any]:
    """Read the context of `cdk.json`: the working folder's, or the catalog's own.

    Returns:
        The context.

    Raises:
        CatalogError: If the file is not JSON.
    """
    beside = Path.cwd() / "cdk.json"
    if not beside.is_file():
        return dict(catalog_settings().get("context", {}))
    try:
        context: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8")).get("context", {})
    except json.JSONDecodeError as error:
        raise CatalogError(f"cdk.json: {error}") from None
    return context


def main() -> int:
    """Synthesize what the CDK CLI's context asks for.

    Returns:
        The exit status: 1 after a message on standard error, if the user asked for what there is not.
    """
    try:
        # Defaults: what the CDK CLI hands over, from cdk.json or by -c, goes before them.
        app = cdk.App(context=feature_flags())
    except CatalogError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    options = {name: value for name, value in _context(app).items() if not _is_foreign(name)}
    pattern, application = options.pop("pattern", None), options.pop("application", None)
    try:
        build(app, options, pattern=pattern, application=application)
        app.synth()
    except Exception as error:
        if (message := explain(error)) is None:
            raise
        print(f"error: {message}", file=sys.stderr)
        return 1
    return 0


def explain(error: Exception) -> str | None:
    """Report in one line an error that a user can correct.

    Args:
        error: What was raised while an app was built or synthesized.

    Returns:
        The line, or None for a fault of the catalog's own, whose traceback is wanted.
    """
    from patterns.building_blocks.python_code import HandlerBuildError

    if isinstance(error, HandlerBuildError):
        return str(error)
    # jsii gives every error of the CDK's own this type; validation has then printed its findings already.
    if isinstance(error, RuntimeError) and "ValidationFailed" in str(error):
        return "the template has findings: see above, and validation-report.json"
    return one_line(error)


@contextmanager
def explaining() -> Iterator[None]:
    """Raise as a `CatalogError` whatever a block ends with that a user can put right.

    Yields:
        Nothing.

    Raises:
        CatalogError: With the line that `explain` says.
    """
    try:
        yield
    except Exception as error:
        if (message := explain(error)) is None:
            raise
        raise CatalogError(message) from error


def _is_foreign(name: str) -> bool:
    # What has a colon or a slash is CDK's own context, or a feature flag, or a pattern's. The other two are written
    # into cdk.context.json by `cdk cli-telemetry` and `cdk acknowledge`.
    return ":" in name or "/" in name or name in {"acknowledged-issue-numbers", "cli-telemetry"}


def _context(app: cdk.App) -> dict[str, Any]:
    context: dict[str, Any] = app.node.get_all_context({})
    return context


if __name__ == "__main__":
    sys.exit(main())
