"""Where the command line begins: quiet from the first moment on, also while it is still being imported."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from patternkit.catalog.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
