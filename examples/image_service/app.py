"""Make thumbnails of uploaded images, tell others of each, and show what there is by an API."""

from aws_cdk import App, Environment, Stack

from examples.image_service.api import Api
from examples.image_service.data import Data
from examples.image_service.processing import Processing


def build(app: App, *, env: Environment | None = None) -> list[Stack]:
    """Add the application's stacks to an app.

    Args:
        app: The app.
        env: Where they go. Default: wherever they are deployed.

    Returns:
        The stacks.
    """
    data = Data(app, "ImageData", env=env)
    processing = Processing(app, "ImageProcessing", data=data, env=env)
    api = Api(app, "ImageApi", data=data, thumbnailer=processing.thumbnailer, env=env)
    return [data, processing, api]
