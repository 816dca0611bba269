"""The Regions that the company works in, and which ranges are whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from patterns.network.direct_connect import Circuit, CustomerSite

# Where partners' ranges lie is left out: what pretends to come from there is nobody that a hub knows.
NETWORKS = ("10.0.0.0/8", "192.168.0.0/16")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRegion:
    """One of the company's Regions.

    Attributes:
        name: What its stacks are called.
        code: The Region.
        network: The range that its VPCs lie in.
        asn: The BGP number of its transit gateway.
        open: VPCs that reach each other and every site, with their ranges.
        apart: VPCs that reach the shared services and nothing else within the company.
        shared: The range of the shared services.
        site: The site that is connected here.
        circuits: Its circuits.
        dual_stack: The range of a VPC whose hosts go out by IPv6.
    """

    name: str
    code: str
    network: str
    asn: int
    open: Mapping[str, str]
    shared: str
    apart: Mapping[str, str] = field(default_factory=dict)
    site: CustomerSite | None = None
    circuits: Sequence[Circuit] = ()
    dual_stack: str | None = None


HEADQUARTERS = CustomerSite(
    name="Headquarters", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/20"]
)
PLANT = CustomerSite(name="Plant", addresses=["198.51.100.5"], asn=65011, prefixes=["192.168.16.0/20"])

IRELAND = CompanyRegion(
    name="Ireland",
    code="eu-west-1",
    network="10.16.0.0/12",
    asn=64512,
    open={"Orders": "10.16.1.0/24", "Billing": "10.16.2.0/24"},
    apart={"Payments": "10.16.5.0/24", "Payroll": "10.16.6.0/24"},
    shared="10.16.8.0/21",
    site=HEADQUARTERS,
    circuits=[Circuit(name="Dublin", location="EqDB2", vlan=101), Circuit(name="London", location="EqLD5", vlan=102)],
    dual_stack="10.17.0.0/20",
)
VIRGINIA = CompanyRegion(
    name="Virginia",
    code="us-east-1",
    network="10.32.0.0/12",
    asn=64514,
    open={"Sales": "10.32.1.0/24"},
    apart={"Research": "10.32.5.0/24"},
    shared="10.32.8.0/21",
    site=PLANT,
    circuits=[Circuit(name="Ashburn", location="EqDC2", vlan=101)],
)
SINGAPORE = CompanyRegion(
    name="Singapore",
    code="ap-southeast-1",
    network="10.48.0.0/12",
    asn=64516,
    open={"Support": "10.48.1.0/24"},
    shared="10.48.8.0/21",
)
REGIONS = (IRELAND, VIRGINIA, SINGAPORE)
