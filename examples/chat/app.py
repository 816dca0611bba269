"""Talk in rooms over WebSockets, page through what was said, and have reported messages hidden by a person."""

from aws_cdk import App, Environment, Stack

from examples.chat.history import History
from examples.chat.operations import Operations
from examples.chat.reports import Reports
from examples.chat.rooms import Rooms


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: Where they go. Default: wherever they are deployed.

    Returns:
        The stacks.
    """
    operations = Operations(app, "ChatOperations", env=env)
    history = History(app, "ChatHistory", encryption_key=operations.encryption_key, env=env)
    reports = Reports(
        app,
        "ChatReports",
        messages=history.messages,
        encryption_key=operations.encryption_key,
        alarm_topic=operations.alarm_topic,
        env=env,
    )
    rooms = Rooms(
        app,
        "ChatRooms",
        messages=history.messages,
        workflow=reports.workflow,
        encryption_key=operations.encryption_key,
        alarm_topic=operations.alarm_topic,
        env=env,
    )
    return [operations, history, reports, rooms]
