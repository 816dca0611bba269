"""Synthesize apps that a test has constructed itself."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from patternkit.testing.errors import FixtureError
from patternkit.testing.findings import read_findings
from patternkit.testing.rules import rules_plugin
from patternkit.testing.synthesis import Synthesis, SynthesisError, names, packs_plugins, reason, where


class MadeApps:
    """Apps that are made already, and the rules that were added to each."""

    def __init__(self) -> None:
        # Each with its app, whose id would be another's once it is gone.
        self._checked: dict[int, tuple[object, set[object]]] = {}

    def synthesize(
        self,
        made: Any,
        *,
        packs: str | Iterable[str] = (),
        rules: str | PathLike[str] | Iterable[str | PathLike[str]] = (),
        **others: Any,
    ) -> Synthesis:
        """Synthesize the app that something stands in, as it is now.

        Args:
            made: An app, or a stack or construct of one.
            packs: Rule packs to check it with, from now on.
            rules: Files of rules likewise.
            others: Refused: they are the app's own.

        Returns:
            The assembly and the findings.

        Raises:
            FixtureError: If it stands in no app, or is given what only an app can be made with.
            SynthesisError: If the CDK refuses the app for another reason than a finding.
        """
        app = made.node.root
        if not hasattr(app, "synth"):
            raise FixtureError(
                f"{made.node.path or type(made).__name__} stands in no app: make it in one, or give its class"
            )
        if others:
            name = next(iter(others))
            raise FixtureError(f"{name} is for what is synthesized here: an app that is made already has its own")
        _, checked = self._checked.setdefault(id(app), (app, set()))
        if missing := [one for one in names(packs) if one not in checked]:
            cdk.Validations.of(app).add_plugins(*packs_plugins(app, missing))
            checked.update(missing)
        if missing := [one for one in names(rules) if str(one) not in checked]:
            cdk.Validations.of(app).add_plugins(rules_plugin(tuple(Path(one) for one in missing)))
            checked.update(str(one) for one in missing)
        try:
            app.synth(force=True)
        except RuntimeError as error:
            # What is found is data; an app of somebody else's fails by it as well.
            if "ValidationFailed" not in str(error):
                raise SynthesisError(f"{where(error, made)}: {reason(error)}") from None
        directory = Path(app.outdir)
        return Synthesis(directory, read_findings(directory))
