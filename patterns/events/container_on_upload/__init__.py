"""A container that is run for each new object in a bucket."""

from patterns.events.container_on_upload.construct import ContainerOnUpload

__all__ = ["ContainerOnUpload"]
