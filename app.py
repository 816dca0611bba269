"""The CDK app: every pattern's example, or what `-c pattern=NAME` or `-c application=NAME` asks for."""

import sys

from patternkit.node import use_packaged_node


def main() -> int:
    """Build the app on the Node that came with it; jsii picks its Node when the CDK is first imported."""
    use_packaged_node()
    from patternkit.catalog.application import main as synthesize

    return synthesize()


if __name__ == "__main__":
    sys.exit(main())
