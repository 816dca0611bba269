"""Upload documents by signed forms, have a container read each, and list, open and publish them by GraphQL."""

from aws_cdk import App, Environment, Stack

from examples.document_portal.api import Api
from examples.document_portal.documents import Documents
from examples.document_portal.extraction import Extraction
from examples.document_portal.operations import Operations
from examples.document_portal.uploads import Uploads


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: Where they go. Default: wherever they are deployed.

    Returns:
        The stacks.
    """
    operations = Operations(app, "PortalOperations", env=env)
    key, topic = operations.encryption_key, operations.alarm_topic
    documents = Documents(app, "PortalDocuments", encryption_key=key, env=env)
    api = Api(app, "PortalApi", table=documents.table, encryption_key=key, alarm_topic=topic, env=env)
    uploads = Uploads(
        app,
        "PortalUploads",
        documents=documents,
        people=api.people,
        encryption_key=key,
        alarm_topic=topic,
        env=env,
    )
    api.open_documents(uploads.uploads)
    extraction = Extraction(
        app,
        "PortalExtraction",
        documents=documents,
        uploads=uploads.uploads,
        encryption_key=key,
        alarm_topic=topic,
        env=env,
    )
    return [operations, documents, api, uploads, extraction]
