"""How commands end: one line on standard error for what went wrong, and an exit status that means one thing.

| Status | Meaning |
| --- | --- |
| 0 | Done. `diff`: nothing dangerous. `rules`: none is broken. `trace`, `prove`: it holds. |
| 1 | `diff`: something dangerous. `rules`: one is broken. `trace`, `prove`: it fails. Others: not done. |
| 2 | `trace`, `prove`: it is not known. Other commands: no such command or option. |
| 3 | `diff`, `dns`, `rules`, `routes`: no answer: bad input, wrong usage, a missing extra, no access to a file. |
| 70 | A fault of `patternkit` itself. |
| 130 | Interrupted by Ctrl-C. |
| 141 | Whoever read the output, as `head` does, has gone. |

With `PATTERNKIT_TRACEBACK=1` in the environment the traceback precedes the line.
"""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from patternkit.errors import one_line

NOT_DONE = 1
NO_ANSWER = 3
FAULT = 70
INTERRUPTED = 130
READER_GONE = 141
TRACEBACK = "PATTERNKIT_TRACEBACK"
_SUMMARY = 200
"""Characters of a command's summary: all of it."""
_STANDARD = ("standard output", "standard error")


class _Context(click.Context):
    """What a command is run in."""

    def make_formatter(self) -> click.HelpFormatter:
        """Make what lays out the help."""
        from patternkit.help_format import Formatter

        return Formatter(width=self.terminal_width, max_width=self.max_content_width)


class EndingCommand(click.Command):
    """A command that ends in one line whatever goes wrong."""

    context_class = _Context
    without_an_answer = NOT_DONE
    """The exit status of what a user can put right."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        with ending_in_one_line(self.without_an_answer):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with ending_in_one_line(self.without_an_answer):
            return super().invoke(ctx)


class AnsweringCommand(EndingCommand):
    """A command whose exit statuses 0, 1 and 2 are answers: whatever keeps it from answering is 3."""

    without_an_answer = NO_ANSWER


class AnsweringGroup(AnsweringCommand, click.Group):
    """A group of such commands."""

    command_class = AnsweringCommand

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands, each with all of its summary."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(_SUMMARY)) for name, one in sorted(self.commands.items())]
            )


class _Ended(click.ClickException):
    """What ends a command; click shows the line and exits with the status."""

    def __init__(self, line: str, status: int) -> None:
        super().__init__(line)
        self.__dict__["exit_code"] = status

    def show(self, file: Any = None) -> None:
        if os.environ.get(TRACEBACK) and self.__cause__ is not None:
            import traceback  # five milliseconds of every start

            traceback.print_exception(self.__cause__, file=file or sys.stderr)
        click.echo(f"error: {self.message}", err=file is None, file=file)


@contextmanager
def ending_in_one_line(status: int = NOT_DONE) -> Iterator[None]:
    """End in one line whatever goes wrong in a block.

    Args:
        status: The exit status of what a user can put right.

    Yields:
        Nothing.

    Raises:
        ClickException: What went wrong, with its exit status.
        SystemExit: Without a line, when the user interrupts or nobody reads the output any more.
    """
    try:
        with _all_written():
            yield
    except click.UsageError as error:
        if status == NO_ANSWER:
            # Of the instance alone: click has it for the class.
            error.__dict__["exit_code"] = status
        raise
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort):
        _leave(INTERRUPTED)
    except Exception as error:
        if isinstance(error, BrokenPipeError) and error.filename in _STANDARD:
            _leave(READER_GONE)
        raise _ended(error, status) from error


def run(command: click.Command) -> NoReturn:
    """Run a command line and exit.

    Args:
        command: The command.
    """
    if sys.stdin is None:  # closed by whoever called
        sys.stdin = io.StringIO()
    sys.stdout, sys.stderr = map(_named, (sys.stdout, sys.stderr), _STANDARD)
    try:
        with ending_in_one_line():
            command()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    raise AssertionError("click exits by itself")


@contextmanager
def _all_written() -> Iterator[None]:
    """Write what is held back while the exit status can still say that it was not written."""
    try:
        yield
    finally:
        sys.stdout.flush()


class _Standard(io.FileIO):
    """Standard output or error, by whose errors one knows that it was them."""

    def __init__(self, stream: io.TextIOWrapper, title: str) -> None:
        super().__init__(stream.fileno(), "w", closefd=False)
        self._title = title

    def write(self, written: Any, /) -> int:
        """Write."""
        try:
            return super().write(written) or 0
        except OSError as error:
            error.filename = self._title
            # What is held back would fail once more, when Python ends.
            _discard(self)
            raise


def _shown(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    # A name of a file that is no text is written as it is.
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.replace_errors(error)


_SHOWN = "patternkit-shown"
codecs.register_error(_SHOWN, _shown)


def _named(stream: Any, title: str) -> Any:
    if stream is None:  # closed by whoever called
        return Path(os.devnull).open("w", encoding="utf-8")
    return io.TextIOWrapper(
        io.BufferedWriter(_Standard(stream, title)),
        stream.encoding,
        # What the terminal has no character for is shown as "?", and does not end the command.
        stream.errors if stream.errors == "backslashreplace" else _SHOWN,
        line_buffering=stream.line_buffering,
    )


def _ended(error: Exception, status: int) -> _Ended:
    if (line := one_line(error)) is not None:
        return _Ended(line, status)
    said = " ".join(str(error).split())
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    advice = "" if os.environ.get(TRACEBACK) else f"; {TRACEBACK}=1 shows where"
    return _Ended(f"a fault of patternkit itself: {what}{advice}", FAULT)


def _leave(status: int) -> NoReturn:
    """Exit without another word, also from what is cleared away on the way out: Node has been interrupted too."""
    for stream in (sys.stdout, sys.stderr):
        _discard(stream)
    sys.exit(status)


def _discard(stream: Any) -> None:
    # Tests hand over streams without a descriptor.
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
