"""Connect an organization's VPCs in three Regions, its sites and its partners, and inspect what passes between them."""

from aws_cdk import App, Environment, Stack

from examples.company_network.hub import Hub
from examples.company_network.partners import Partners, Reseller
from examples.company_network.peering import Peering
from examples.company_network.regions import IRELAND, REGIONS
from examples.company_network.workloads import Workloads

# One Region of three that are alike.
DRAWN = ("CompanyVirginiaHub", "CompanyVirginiaWorkloads")


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: The account that they go to; the Regions are the application's own. Default: all go wherever they are
            deployed, which shows what they are made of, in one Region.

    Returns:
        The stacks.
    """
    places = {region.name: env and Environment(account=env.account, region=region.code) for region in REGIONS}
    hubs = {
        region.name: Hub(app, f"Company{region.name}Hub", region=region, env=places[region.name]) for region in REGIONS
    }
    workloads = [
        Workloads(
            app,
            f"Company{region.name}Workloads",
            region=region,
            hub=hubs[region.name].hub,
            encryption_key=hubs[region.name].encryption_key,
            env=places[region.name],
        )
        for region in REGIONS
    ]
    sides: list[Peering] = []
    for number, region in enumerate(REGIONS, start=1):
        sides.append(
            Peering(
                app,
                f"Company{region.name}Peering",
                region=region,
                hub=hubs[region.name],
                before=list(sides),
                after=[(other, hubs[other.name]) for other in REGIONS[number:]],
                env=places[region.name],
            )
        )
    ireland = hubs[IRELAND.name]
    partners = Partners(
        app,
        "CompanyPartners",
        hub=ireland.hub,
        encryption_key=ireland.encryption_key,
        alarm_topic=ireland.alarm_topic,
        env=places[IRELAND.name],
    )
    reseller = Reseller(app, "CompanyReseller", service_name=partners.prices.service_name, env=places[IRELAND.name])
    return [*hubs.values(), *workloads, *sides, partners, reseller]
