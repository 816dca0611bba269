"""Make a model of names from templates and contracts."""

from __future__ import annotations

from patternkit.dns.contracts import Contracts
from patternkit.dns.model import Model
from patternkit.dns.reading.cloud_map import read_cloud_map
from patternkit.dns.reading.draft import Draft
from patternkit.dns.reading.health_checks import find_what_checks_look_at, read_health_checks, read_load_balancers
from patternkit.dns.reading.records import read_records
from patternkit.dns.reading.refusals import refuse
from patternkit.dns.reading.resolver_rules import read_rules, read_sites
from patternkit.dns.reading.template_resources import Resources
from patternkit.dns.reading.vpcs import read_interface_endpoints, read_vpcs
from patternkit.dns.reading.zones import read_profiles, read_signing, read_zones

__all__ = ["read_model"]


def read_model(resources: Resources, contracts: Contracts) -> Model:
    """Make the model of one world.

    Args:
        resources: The resources of the world.
        contracts: What is declared.

    Returns:
        The model.

    Raises:
        ContractError: A contract names what is not there.
    """
    draft = Draft(resources, contracts)
    read_vpcs(draft)
    read_zones(draft)
    read_interface_endpoints(draft)
    read_rules(draft)
    read_sites(draft)
    read_profiles(draft)
    read_load_balancers(draft)
    read_health_checks(draft)
    read_records(draft)
    read_cloud_map(draft)
    read_signing(draft)
    find_what_checks_look_at(draft)
    refuse(draft.model)
    return draft.model
