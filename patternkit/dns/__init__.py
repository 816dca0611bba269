"""Prove what names answer, from the template.

```python
from patternkit.dns import Names, always_answers, fails_over

names = Names.load("cdk.out")  # or Names.from_templates({"Web": template, ...})
print(names.trace("www.example.com", source={"country": "DE"}, ill=["Primary"]))
names.assert_holds(fails_over("www.example.com", when="Primary", to="Standby", within="3 minutes"))
```

`trace` follows a query step by step, through rules, zones and the tree of records. `prove` and `assert_holds` hold a
promise against every query of every client, in every world that AWS may make of the templates: it HOLDS, FAILS with
the query that breaks it, or is UNKNOWN with what is not known. Promises are `answers`, `always_answers`, `fails_over`,
`resolves`, `same_everywhere`, `private`, `no_loop` and `splits`. What a template cannot say is declared in
`Contracts`. Bad input raises a `DnsError`.
"""

from patternkit.errors import require

require("dns", "patternkit dns", "yaml")

from patternkit.dns.contracts import Contracts
from patternkit.dns.errors import ContractError, DnsError, QuestionError, TemplateError
from patternkit.dns.names import Names
from patternkit.dns.promise_files import load_promises, promises_from_data
from patternkit.dns.promises import (
    Promise,
    always_answers,
    answers,
    fails_over,
    no_loop,
    private,
    resolves,
    same_everywhere,
    splits,
)
from patternkit.dns.proof import Proof
from patternkit.dns.trace import Trace
from patternkit.verdict import Verdict

__all__ = [
    "ContractError",
    "Contracts",
    "DnsError",
    "Names",
    "Promise",
    "Proof",
    "QuestionError",
    "TemplateError",
    "Trace",
    "Verdict",
    "always_answers",
    "answers",
    "fails_over",
    "load_promises",
    "no_loop",
    "private",
    "promises_from_data",
    "resolves",
    "same_everywhere",
    "splits",
]
