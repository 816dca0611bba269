"""Find the example applications, in a clone of the repository: an installed catalog has none."""

import ast
import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from patternkit.catalog.errors import unknown

if TYPE_CHECKING:
    import aws_cdk as cdk

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application of several patterns, in several stacks.

    Attributes:
        name: As it is called on the command line: "order-intake".
        folder: Its folder, whose `app.py` has `build(app, *, env=None)`, which adds its stacks and returns them.
        summary: One line.
    """

    name: str
    folder: Path
    summary: str

    @property
    def title(self) -> str:
        """As people call it."""
        return self.name.replace("-", " ").capitalize()

    def add(self, app: "cdk.App", *, env: "cdk.Environment | None" = None) -> "list[cdk.Stack]":
        """Add its stacks to an app.

        Args:
            app: The app.
            env: Where they go. Default: wherever they are deployed.

        Returns:
            The stacks.
        """
        built: list[cdk.Stack] = self._module().build(app, env=env)
        return built

    def drawn(self) -> tuple[str, ...]:
        """The stacks that its diagram shows, where others are like them: `DRAWN` of its `app.py`; none for all."""
        chosen: tuple[str, ...] = getattr(self._module(), "DRAWN", ())
        return chosen

    def _module(self) -> ModuleType:
        return importlib.import_module(f"examples.{self.folder.name}.app")


def applications(examples: Path = EXAMPLES) -> dict[str, Application]:
    """Find the applications, without importing them.

    Args:
        examples: Where to look. Default: beside the packages of the catalog.

    Returns:
        The applications by name, in alphabetical order.
    """
    found: dict[str, Application] = {}
    # Beside installed packages there may be somebody else's folder of that name.
    if not (examples.parent / "cdk.json").is_file():
        return found
    for path in sorted(examples.glob("*/app.py")):
        name = path.parent.name.replace("_", "-")
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[name] = Application(name=name, folder=path.parent, summary=text.partition("\n")[0].removesuffix("."))
    return found


def find_application(name: str) -> Application:
    """Find one application.

    Args:
        name: Its name, with hyphens or underscores.

    Returns:
        The application.

    Raises:
        CatalogError: If there is none such.
    """
    known = applications()
    found = known.get(name.replace("_", "-"))
    if found is None:
        raise unknown("application", name, known)
    return found
