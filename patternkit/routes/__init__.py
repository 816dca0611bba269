"""Prove where packets go, from the template.

```python
from patternkit.routes import Network, inspected

network = Network.load("cdk.out")  # or Network.from_templates({"Hub": template, ...})
print(network.trace("SpokeA/private1", "SpokeB/private2", port=443))
network.assert_holds(inspected(source="every spoke subnet", destination="internet", by="Firewall"))
```

`trace` follows packets and replies hop by hop. `prove` and `assert_holds` hold a promise against every flow
of every world that AWS may make of the templates: it HOLDS, FAILS with a witness, or is UNKNOWN with what is
not known. Promises are `reaches`, `isolated`, `inspected`, `symmetric`, `same_az`, `no_bypass` and
`no_blackhole`. What a template cannot say is declared in `Contracts`. Bad input raises a `RoutesError`.
"""

from patternkit.errors import require

require("routes", "patternkit routes")

from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import ContractError, QuestionError, RoutesError, TemplateError
from patternkit.routes.network import Network, Trace
from patternkit.routes.promises import (
    Promise,
    inspected,
    isolated,
    load_promises,
    no_blackhole,
    no_bypass,
    promises_from_data,
    reaches,
    same_az,
    symmetric,
)
from patternkit.routes.proving import Proof, Verdict

__all__ = [
    "ContractError",
    "Contracts",
    "Network",
    "Promise",
    "Proof",
    "QuestionError",
    "RoutesError",
    "TemplateError",
    "Trace",
    "Verdict",
    "inspected",
    "isolated",
    "load_promises",
    "no_blackhole",
    "no_bypass",
    "promises_from_data",
    "reaches",
    "same_az",
    "symmetric",
]
