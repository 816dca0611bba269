"""Connect a small company's VPCs, headquarters and partners, and inspect what passes between them."""

from aws_cdk import App, Environment, Stack

from examples.company_network.hub import Hub
from examples.company_network.operations import Operations
from examples.company_network.partners import Partners
from examples.company_network.workloads import Workloads


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: Where they go. Default: wherever they are deployed.

    Returns:
        The stacks.
    """
    operations = Operations(app, "CompanyOperations", env=env)
    hub = Hub(
        app,
        "CompanyHub",
        encryption_key=operations.encryption_key,
        alarm_topic=operations.alarm_topic,
        env=env,
    )
    workloads = Workloads(app, "CompanyWorkloads", hub=hub.hub, env=env)
    partners = Partners(
        app,
        "CompanyPartners",
        hub=hub.hub,
        encryption_key=operations.encryption_key,
        alarm_topic=operations.alarm_topic,
        env=env,
    )
    return [operations, hub, workloads, partners]
