"""The commands of a pattern's page: install the catalog, deploy a stack, run the example."""

from patternkit.catalog.discovery import Pattern

INSTALL = """```sh
pip install 'cdk-pattern-catalog[node]'
```

As long as PyPI does not have it, the path of the wheel that [get started](../../../docs/guides/get-started.md)
builds stands in place of the name. Save this as `app.py`:"""
DEPLOY = """```sh
npx aws-cdk@2 deploy --app 'python app.py'
```"""

_LOCALLY = {
    "runs": "# On this machine, without an account, until Ctrl-C:",
    "partly": "# On this machine, as far as the local cloud goes, until Ctrl-C:",
}


def run(pattern: Pattern) -> str:
    """Make the commands that run a pattern's example.

    Args:
        pattern: The pattern.

    Returns:
        A block of commands.
    """
    if pattern.local in _LOCALLY:
        first, said = f"patternkit deploy {pattern.name}", _LOCALLY[pattern.local]
    else:
        first, said = f"patternkit synth {pattern.name}", "# Its template; the local cloud has none of its services:"
    in_aws = f"# In AWS, from a clone of the repository:\nnpx cdk deploy -c pattern={pattern.name}"
    return f"```sh\n{said}\n{first}\n{in_aws}\n```"
