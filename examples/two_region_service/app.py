"""Serve an application from two Regions by failover and latency, and share private names with a company and a site."""

from aws_cdk import App, Environment, Stack

from examples.two_region_service.private_names import PrivateNames
from examples.two_region_service.public_names import PublicNames
from examples.two_region_service.region import RegionalService

DUBLIN, VIRGINIA = "eu-west-1", "us-east-1"


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: The account that they go to; the Regions are the application's own. Default: all go wherever they are
            deployed, which shows what they are made of, and serves from one Region.

    Returns:
        The stacks.
    """
    dublin = RegionalService(app, "ServiceDublin", env=_in(env, DUBLIN))
    virginia = RegionalService(app, "ServiceVirginia", env=_in(env, VIRGINIA))
    # Where the metrics of health checks are.
    public = PublicNames(
        app,
        "ServicePublicNames",
        regions={DUBLIN: dublin.balancer, VIRGINIA: virginia.balancer},
        alarm_topic=virginia.alarm_topic,
        env=_in(env, VIRGINIA),
    )
    private = PrivateNames(
        app,
        "ServicePrivateNames",
        vpcs=[dublin.vpc],
        encryption_key=dublin.encryption_key,
        alarm_topic=dublin.alarm_topic,
        env=_in(env, DUBLIN),
    )
    return [dublin, virginia, public, private]


def _in(env: Environment | None, region: str) -> Environment | None:
    return Environment(account=env.account, region=region) if env else None
