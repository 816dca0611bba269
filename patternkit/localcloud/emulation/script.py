"""Changes to the text of a program that ministack runs functions by."""


def replaced(script: str, change: tuple[str, str]) -> str:
    """Return a script with one passage replaced.

    Raises:
        RuntimeError: If the passage is not there exactly once: ministack has changed.
    """
    before, after = change
    if script.count(before) != 1:
        raise RuntimeError(f"the worker's script has {script.count(before)} times: {before}")
    return script.replace(before, after)
