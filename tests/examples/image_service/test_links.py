"""The links and forms that the API's function signs."""

import base64
import importlib
import json
import sys
from collections.abc import Callable
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

MODULE = "examples.image_service.api_handler.images.index"


@pytest.fixture
def api_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    def imported(region: str) -> ModuleType:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": region,
            "MAX_BYTES": "4711",
            "THUMBNAILS_BUCKET": "thumbnails",
            "UPLOADS_BUCKET": "uploads",
        }.items():
            monkeypatch.setenv(name, value)
        # Its clients are made when it is imported.
        monkeypatch.delitem(sys.modules, MODULE, raising=False)
        return importlib.import_module(MODULE)

    return imported


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("us-east-1", "s3.us-east-1.amazonaws.com"),
        ("eu-west-1", "s3.eu-west-1.amazonaws.com"),
        ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_they_name_the_region_s_endpoint_by_signature_version_4(
    api_in: Callable[[str], ModuleType], region: str, endpoint: str
) -> None:
    api = api_in(region)
    link = urlsplit(api.link("128/image.jpg"))
    query = {name: one[0] for name, one in parse_qs(link.query).items()}
    assert (link.scheme, link.netloc) == ("https", f"thumbnails.{endpoint}")
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert f"/{region}/s3/" in query["X-Amz-Credential"]
    assert query["X-Amz-Expires"] == "300"
    form = api.new_image()["upload"]
    assert form["url"] == f"https://uploads.{endpoint}/"
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert f"/{region}/s3/" in form["fields"]["x-amz-credential"]


def test_an_upload_is_for_one_name_and_up_to_a_size(api_in: Callable[[str], ModuleType]) -> None:
    made = api_in("eu-west-1").new_image()
    policy = json.loads(base64.b64decode(made["upload"]["fields"]["policy"]))
    assert ["content-length-range", 1, 4711] in policy["conditions"]
    assert {"key": made["image"]} in policy["conditions"]
    assert {"bucket": "uploads"} in policy["conditions"]
