"""What `--help` shows below each command's options: examples, and where its documentation is."""

from collections.abc import Mapping

import click

# By the words of the command: examples, and the guide that has more.
EXAMPLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "": (("patternkit list", "patternkit init my-thumbnails --pattern thumbnailer"), "get-started"),
    "choose": (
        (
            "patternkit choose --brings containers --peak 500 --burst seconds",
            "patternkit choose --starts file --exactly-once",
        ),
        "choose-a-web-architecture",
    ),
    "compare": (("patternkit compare load-balanced-fargate function-api",), "choose-a-web-architecture"),
    "completion": (('eval "$(patternkit completion bash)"',), "get-started"),
    "deploy": (
        (
            "patternkit deploy thumbnailer",
            "patternkit deploy --app 'python app.py'",
            "patternkit deploy thumbnailer --aws",
        ),
        "run-locally",
    ),
    "destroy": (("patternkit destroy thumbnailer",), "run-locally"),
    "diff": (("patternkit diff main:cdk.out cdk.out", "patternkit diff deployed.json new.json --json"), "upgrade"),
    "dns": (("patternkit dns prove cdk.out --promises promises.yaml",), "prove-your-names"),
    "dns prove": (
        ("patternkit dns prove cdk.out --promises promises.yaml --sarif names.sarif",),
        "prove-your-names",
    ),
    "dns serve": (("patternkit dns serve cdk.out --port 5300",), "prove-your-names"),
    "dns show": (("patternkit dns show cdk.out",), "prove-your-names"),
    "dns trace": (("patternkit dns trace cdk.out --name www.example.com --ill primary",), "prove-your-names"),
    "docs": (("patternkit docs", "patternkit docs run-locally", "patternkit docs thumbnailer"), "get-started"),
    "facts": (("patternkit facts --older-than 6",), "get-started"),
    "init": (
        ("patternkit init my-thumbnails --pattern thumbnailer", "patternkit init --pattern peered-hub --name offices"),
        "get-started",
    ),
    "list": (("patternkit list", "patternkit list --family network --json"), "get-started"),
    "new": (("patternkit new events/upload-scan --handler",), "contributing"),
    "pages": (("patternkit pages", "patternkit pages thumbnailer"), "contributing"),
    "routes": (("patternkit routes prove cdk.out --promises promises.yaml",), "prove-your-network"),
    "routes prove": (
        ("patternkit routes prove cdk.out --promises promises.yaml --sarif routes.sarif",),
        "prove-your-network",
    ),
    "routes show": (("patternkit routes show cdk.out --svg network.svg",), "prove-your-network"),
    "routes survive": (
        ("patternkit routes survive cdk.out --promises promises.yaml",),
        "prove-your-network",
    ),
    "routes trace": (
        ("patternkit routes trace cdk.out --source Orders/Subnet1 --destination internet",),
        "prove-your-network",
    ),
    "rules": (("patternkit rules cdk.out rules/logs.guard",), "check-in-ci"),
    "show": (("patternkit show thumbnailer", "patternkit show thumbnailer --permissions --json"), "get-started"),
    "synth": (("patternkit synth cron-function -o 'schedule=rate(5 minutes)'",), "get-started"),
}


def illustrate(command: click.Command, words: str) -> click.Command:
    """Add examples and the documentation's address to the help of a command, and of those below it.

    Args:
        command: The command.
        words: How it is called: "routes prove".

    Returns:
        The command.
    """
    if words in EXAMPLES:
        command.epilog = _epilog(*EXAMPLES[words])
    if isinstance(command, click.Group) and words:
        for name, below in command.commands.items():
            illustrate(below, f"{words} {name}")
    return command


def _epilog(examples: tuple[str, ...], guide: str) -> str:
    # \b keeps click from joining the lines.
    lines = "\n".join(f"  {one}" for one in examples)
    address = "CONTRIBUTING.md, in the repository" if guide == "contributing" else f"patternkit docs {guide}"
    return f"\b\nExamples:\n{lines}\n\n\b\nDocumentation: {address}"
