"""Networks to prove, from whatever a test has at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternkit.routes import Contracts, Network, TemplateError
from patternkit.routes.network import contracts_of, with_parameters
from patternkit.routes.templates import StackSource, as_template, read


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
    if not sources:
        raise TemplateError("give at least one template, cloud assembly or app")
    stacks = [stack for source in sources for stack in _stacks(source, region)]
    return Network(with_parameters(stacks, parameters), contracts_of(contracts))


def _stacks(source: Any, region: str) -> list[StackSource]:
    if isinstance(source, (str, Path)):
        return read(source)
    if not isinstance(source, Mapping) and hasattr(source, "to_json"):
        source = source.to_json()
    if isinstance(source, Mapping):
        # Named templates are the only mapping without a section of that name.
        templates = {"Template": source} if "Resources" in source else source
        return [StackSource(name, as_template(template, name), region) for name, template in templates.items()]
    if isinstance(source, type) and hasattr(source, "node"):
        raise TemplateError(f"a network is read from what {source.__name__} makes: give synthesized({source.__name__})")
    if hasattr(source, "node"):
        source = source.node.root.synth()
    if hasattr(source, "directory"):
        return read(str(source.directory))
    raise TemplateError(
        f"a network is read from a path, a template, an app or its synthesis, got {type(source).__name__}"
    )
