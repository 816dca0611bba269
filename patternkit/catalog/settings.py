"""The catalog's `cdk.json`, which travels with the package."""

import json
from importlib import resources
from pathlib import Path
from typing import Any


def catalog_settings() -> dict[str, Any]:
    """Read the catalog's own `cdk.json`.

    Returns:
        Its content: the feature flags are its `context`.
    """
    packaged = resources.files("patternkit.catalog").joinpath("cdk.json")
    # An editable install has the repository's own file instead of a packaged copy.
    own = packaged if packaged.is_file() else Path(__file__).parents[2] / "cdk.json"
    settings: dict[str, Any] = json.loads(own.read_text(encoding="utf-8"))
    return settings
