"""A pytest plugin that writes down the processor time of each test: this process, what it started, and what those did.

    PROCESSOR_TIME=FOLDER pytest -p bench.processor_time

One file a process, a line a test: seconds, a tab, the test. On Linux only.
"""

import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

TICKS = os.sysconf("SC_CLK_TCK")


def spent() -> float:
    """Seconds of processor time of this process and all below it, with those that ended and were waited for."""
    times: dict[int, float] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        children[int(fields[1])].append(pid)
        times[pid] = sum(int(ticks) for ticks in fields[11:15]) / TICKS
    total, waiting = 0.0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        total += times.get(pid, 0.0)
        waiting += children[pid]
    return total


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = spent()
    result = yield
    file = Path(os.environ["PROCESSOR_TIME"], f"{os.getpid()}.tsv")
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{spent() - before:.3f}\t{item.nodeid}\n")
    return result
