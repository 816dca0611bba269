"""How to run a pattern: the commands that a newcomer types first."""

from patternkit.catalog.discovery import Pattern

_LOCALLY = {
    "runs": "# on this machine, without an account, until Ctrl-C",
    "partly": "# on this machine, as far as the local cloud goes, until Ctrl-C",
}


def run(pattern: Pattern) -> str:
    """Make the commands that run a pattern's example.

    Args:
        pattern: The pattern.

    Returns:
        A block of commands.
    """
    lines = [f"patternkit show {pattern.name}", f"npx cdk deploy -c pattern={pattern.name}"]
    said = ["# what it is for, its options and limits", "# in the account that your credentials name"]
    if pattern.local in _LOCALLY:
        lines.insert(1, f"patternkit deploy {pattern.name}")
        said.insert(1, _LOCALLY[pattern.local])
    else:
        lines.insert(1, f"patternkit synth {pattern.name}")
        said.insert(1, "# its template; the local cloud has none of its services")
    width = max(len(line) for line in lines)
    shown = "\n".join(f"{line:{width}}  {what}" for line, what in zip(lines, said, strict=True))
    return f"```sh\n{shown}\n```"
