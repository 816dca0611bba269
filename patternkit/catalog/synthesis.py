"""Synthesize a pattern's example in this process."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk

from patternkit.catalog.application import add_example, explaining, feature_flags
from patternkit.catalog.discovery import Pattern


def synthesize(pattern: Pattern, options: Mapping[str, str], output: Path, *, handlers: str = "lambda") -> list[Path]:
    """Synthesize a pattern's example into a folder, by the feature flags of `cdk.json`.

    Args:
        pattern: The pattern.
        options: Options of its construct, as text.
        output: The folder, made if there is none.
        handlers: What handlers are built for: "lambda", or "local" for this interpreter and processor.

    Returns:
        The templates.

    Raises:
        CatalogError: If there is no such option, a value is wrong, the folder cannot be written, a handler's
            dependencies cannot be installed, or the template has findings; these are on standard error and in
            `validation-report.json`.
    """
    with explaining():
        app = cdk.App(context=feature_flags() | {"patterns:handler-platform": handlers}, outdir=str(output))
        add_example(app, pattern, options)
        return [Path(stack.template_full_path) for stack in app.synth().stacks_recursively]
