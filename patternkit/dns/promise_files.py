"""Files of promises: YAML, JSON or TOML.

```yaml
promises:
  - answers: {name: www.example.com, values: [203.0.113.10]}
  - fails_over: {name: www.example.com, when: Primary, to: Standby, within: 2 minutes}
  - resolves: {source: every VPC, name: db.corp.example.com, title: the database}
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from patternkit import promise_lists
from patternkit.dns.errors import QuestionError
from patternkit.dns.promises import MEANINGS, Promise, promise_of
from patternkit.promise_lists import BadPromise
from patternkit.templates.data_files import read_data


def load_promises(path: str | Path) -> list[Promise]:
    """Read promises from a YAML, JSON or TOML file.

    Raises:
        QuestionError: The file, or a promise in it, is malformed.
    """
    return promises_from_data(read_data(Path(path), QuestionError), str(path))


def read_promises(path: str | Path) -> list[Promise | BadPromise]:
    """Read promises from a YAML, JSON or TOML file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The file holds no list of promises.
    """
    return each_promise(read_data(Path(path), QuestionError), str(path))


def promises_from_data(data: Any, what: str = "promises") -> list[Promise]:
    """Read promises as parsed from a file: a list, or a mapping with the list under `promises`.

    Raises:
        QuestionError: The data, or a promise in them, are malformed.
    """
    return promise_lists.all_good(each_promise(data, what), what, QuestionError)


def each_promise(data: Any, what: str = "promises") -> list[Promise | BadPromise]:
    """Read promises as parsed from a file; one that is malformed leaves the others as they are.

    Raises:
        QuestionError: The data hold no list of promises.
    """
    return promise_lists.each_promise(data, what, kinds=MEANINGS, title="title", make=promise_of, error=QuestionError)
