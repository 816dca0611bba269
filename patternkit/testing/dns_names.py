"""Names to prove, from whatever a test has at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patternkit import templates
from patternkit.dns import Contracts, Names, TemplateError
from patternkit.dns.names import contracts_of
from patternkit.templates.sources import with_parameters
from patternkit.testing.stacks_at_hand import stacks_at_hand


def read_names(
    *sources: Any,
    contracts: Contracts | str | Path | Mapping[str, Any] | None = None,
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    region: str = "",
) -> Names:
    """Read what answers names.

    Args:
        *sources: Any of these, and several where names are spread over several: the path of a template or of a cloud
            assembly; a `cdk.App`, a stack of one, or what came of its synthesis; an `assertions.Template`; a parsed
            template, which is then named `Template`; parsed templates by the names of their stacks.
        contracts: What the templates cannot say: contracts, their data, or their file. Default: nothing.
        parameters: Values of parameters, by stack and name. Default: those of the templates.
        region: The Region of parsed templates. Default: any.

    Returns:
        The names, to ask `prove`, `trace` and `assert_holds`.

    Raises:
        DnsError: If a source is no template, or a contract is malformed.
    """
    try:
        stacks = stacks_at_hand(*sources, what="a set of names", region=region)
    except templates.TemplateError as error:
        raise TemplateError(str(error)) from None
    return Names(with_parameters(stacks, parameters, TemplateError), contracts_of(contracts))
