"""AWS's Architecture Icons, as the npm package aws-icons carries them, drawn unchanged."""

import re
from functools import cache

from patternkit.drawing.packages import ICONS, DrawingError, node_modules

CREDIT = "Icons: AWS Architecture Icons, copyright Amazon.com, Inc. or its affiliates, CC BY-ND 2.0."
"""What every diagram says of them."""

_ICON = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg" (?P<attributes>[^>]*)>(<title>[^<]*</title>)?(?P<drawing>.*)</svg>\s*',
    re.DOTALL,
)


@cache
def symbol(icon: str) -> tuple[str, str]:
    """Read an icon.

    Args:
        icon: Its file in the package, without its ending.

    Returns:
        The attributes of its root, and its drawing as it is.

    Raises:
        DrawingError: If there is no such icon, or it has parts that cannot stand in another drawing.
    """
    path = node_modules() / ICONS / "icons" / f"{icon}.svg"
    if not path.exists():
        raise DrawingError(f"{path}: there is no such icon; if the folder is missing, run make env")
    match = _ICON.fullmatch(path.read_text(encoding="utf-8"))
    if match is None or " id=" in match["drawing"]:
        raise DrawingError(f"{path}: the icon cannot stand in another drawing")
    return match["attributes"], match["drawing"]
