"""Where the Node packages are that drawing needs: in the clone, or in a project's own folder."""

from pathlib import Path

from patternkit.errors import PatternkitError

ELK, ICONS = "elkjs", "aws-icons"
VERSIONS = {ELK: "0.12.1", ICONS: "3.3.0"}
"""The packages that drawing needs, in the versions that it is made with."""


class DrawingError(PatternkitError):
    """A diagram cannot be drawn."""


def node_modules() -> Path:
    """Find the folder of Node packages that has what drawing needs.

    Returns:
        The clone's, or that of the working folder or one above it.

    Raises:
        DrawingError: If there is none.
    """
    here = Path.cwd()
    for folder in (Path(__file__).parents[2], here, *here.parents):
        modules = folder / "node_modules"
        if all((modules / name).is_dir() for name in VERSIONS):
            return modules
    wanted = " ".join(f"{name}@{version}" for name, version in VERSIONS.items())
    raise DrawingError(f"drawing needs Node packages: npm install {wanted}, or in a clone of the repository make env")
