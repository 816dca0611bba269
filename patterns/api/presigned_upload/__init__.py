"""Uploads straight to Amazon S3 by signed forms: quarantined, checked and released."""

from patterns.api.presigned_upload.construct import BROWSER, PresignedUpload

__all__ = ["BROWSER", "PresignedUpload"]
