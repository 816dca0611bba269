"""The template, deployed to a local cloud, and visited through its distribution."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from patternkit.localcloud import LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.edge_function.example import EdgeFunctionStack


@dataclass(frozen=True)
class Site:
    """A site with two variants."""

    cloud: LocalCloud
    outputs: dict[str, str]

    def visit(self, cookie: str = "") -> tuple[str, str | None]:
        """What is shown, and the cookie that is set."""
        headers = {"Host": self.outputs["Url"].split("/")[2], "X-Forwarded-Proto": "https"}
        asked = Request(self.cloud.endpoint_url, headers=headers | ({"Cookie": cookie} if cookie else {}))
        with urlopen(asked) as answer:
            return answer.read().decode(), answer.headers.get("Set-Cookie")

    def put(self, weights: str | None) -> None:
        """Change the shares, as an operator does."""
        client: Any = self.cloud.client("cloudfront-keyvaluestore")
        store = {"KvsARN": self.outputs["Store"]}
        which = {**store, "Key": "weights", "IfMatch": client.describe_key_value_store(**store)["ETag"]}
        if weights is None:
            client.delete_key(**which)
        else:
            client.put_key(**which, Value=weights)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The site, with a page in each variant's bucket."""
    assembly = synthesize(lambda app: EdgeFunctionStack(app, "Site"))
    with LocalCloud.start() as cloud:
        outputs = dict(cloud.deploy(Path(assembly.directory)).outputs)
        for name in ("A", "B"):
            cloud.client("s3").put_object(Bucket=outputs[f"Bucket{name}"], Key="index.html", Body=name.encode())
        yield Site(cloud, outputs)


def test_visitors_are_divided_and_stay_where_they_are(site: Site) -> None:
    seen: Counter[str] = Counter()
    for _ in range(60):
        shown, cookie = site.visit()
        assert cookie is not None
        assert cookie.startswith(f"variant=1.{shown.lower()}; Path=/")
        seen[shown] += 1
    assert seen["A"] > seen["B"]
    for name in ("a", "b"):
        assert site.visit(f"variant=1.{name}") == (name.upper(), None)


def test_the_store_moves_everybody_and_back(site: Site) -> None:
    site.put('{"b": 1}')
    assert {site.visit()[0] for _ in range(10)} == {"B"}
    shown, cookie = site.visit("variant=1.a")
    assert (shown, cookie is not None and cookie.startswith("variant=1.b")) == ("B", True)
    site.put(None)
    assert site.visit("variant=1.a") == ("A", None)
