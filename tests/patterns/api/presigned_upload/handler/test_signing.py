"""Links and forms are signed for the Region's own endpoint."""

import pytest

from tests.answering import loaded
from tests.patterns.api.presigned_upload.handler.uploads import SETTINGS


@pytest.mark.parametrize(
    ("local", "endpoint", "style"),
    [("", "https://s3.eu-west-1.amazonaws.com", "virtual"), ("http://127.0.0.1:1", "http://127.0.0.1:1", "path")],
)
def test_links_are_signed_for_the_regions_own_endpoint(
    monkeypatch: pytest.MonkeyPatch, local: str, endpoint: str, style: str
) -> None:
    with loaded("api/presigned_upload/handler/uploads", "signing", **SETTINGS) as module:
        if local:
            monkeypatch.setenv("AWS_ENDPOINT_URL", local)
        client = module("signing").Signing()._s3
    assert client.meta.endpoint_url == endpoint
    config = client.meta.config
    assert config.signature_version == "s3v4"
    assert (config.s3["addressing_style"], config.s3["us_east_1_regional_endpoint"]) == (style, "regional")
