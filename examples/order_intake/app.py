"""Take orders by an API, write each once to a table, and report on each day."""

from aws_cdk import App, Environment, Stack

from examples.order_intake.intake import Intake
from examples.order_intake.operations import Operations
from examples.order_intake.reports import Reports


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: Where they go. Default: wherever they are deployed.

    Returns:
        The stacks.
    """
    operations = Operations(app, "OrderOperations", env=env)
    intake = Intake(
        app, "OrderIntake", encryption_key=operations.encryption_key, alarm_topic=operations.alarm_topic, env=env
    )
    reports = Reports(
        app,
        "OrderReports",
        orders=intake.orders,
        encryption_key=operations.encryption_key,
        alarm_topic=operations.alarm_topic,
        env=env,
    )
    return [operations, intake, reports]
