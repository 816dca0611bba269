"""Networks to prove, from whatever a test has at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternkit.routes import Contracts, Network, TemplateError
from patternkit.routes.network import contracts_of
from patternkit.routes.templates import own_errors
from patternkit.templates.sources import with_parameters
from patternkit.testing.stacks_at_hand import stacks_at_hand


def read_network(
    *sources: Any,
    contracts: Contracts | str | Path | Mapping[str, Any] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    region: str = "",
) -> Network:
    """Read a network.

    Args:
        *sources: Any of these, and several where a network is made of several: the path of a template or of a cloud
            assembly; a `cdk.App`, a stack of one, or what came of its synthesis; an `assertions.Template`; a parsed
            template, which is then named `Template`; parsed templates by the names of their stacks.
        contracts: What the templates cannot say: contracts, their data, or their file. Default: nothing.
        parameters: Values of parameters, by stack and name. Default: those of the templates.
        region: The region of parsed templates. Default: any.

    Returns:
        The network, to ask `prove`, `trace` and `assert_holds`.

    Raises:
        RoutesError: If a source is no template, or a contract is malformed.
    """
    with own_errors():
        stacks = stacks_at_hand(*sources, what="a network", region=region)
    return Network(with_parameters(stacks, parameters, TemplateError), contracts_of(contracts))
