"""What `aws s3 sync` does for a `BucketDeployment`: what it uploads, prunes, leaves alone and notes."""

from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud import LocalCloud
from patternkit.localcloud.stand_ins.bucket_deployment import command

BUCKET = "the-destination"


@pytest.fixture
def s3(cloud: LocalCloud) -> Any:
    client: Any = cloud.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for key in ("old.html", "keep.txt", "site/old.html", "sited/other.html"):
        client.put_object(Bucket=BUCKET, Key=key, Body=b"old")
    return client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index.html", "a/b.css", "a/secret.txt", "data.tar.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def keys(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_folder_is_synchronized_below_its_prefix(s3: Any, folder: Path) -> None:
    # As in the CLI the last filter that matches decides, also of what is pruned.
    command("s3", "sync", "--delete", "--exclude", "*.txt", str(folder), f"s3://{BUCKET}/site")
    assert keys(s3) == [
        "keep.txt",
        "old.html",
        "site/a/b.css",
        "site/data.tar.gz",
        "site/index.html",
        "sited/other.html",
    ]
    assert s3.head_object(Bucket=BUCKET, Key="site/index.html")["ContentType"] == "text/html"
    command("s3", "sync", "--delete", "--exclude", "*", "--include", "old.*", str(folder), f"s3://{BUCKET}/")
    assert "old.html" not in keys(s3)
    assert "keep.txt" in keys(s3)
    command("s3", "rm", f"s3://{BUCKET}/", "--recursive")
    assert keys(s3) == []


def test_what_is_the_same_is_not_uploaded_again_and_metadata_is_set(s3: Any, folder: Path) -> None:
    told = ("--cache-control", "max-age=5", "--metadata", '{"team":"blue"}', "--metadata-directive", "REPLACE")
    command("s3", "sync", str(folder), f"s3://{BUCKET}/", *told)
    first = s3.head_object(Bucket=BUCKET, Key="index.html")
    assert (first["CacheControl"], first["Metadata"]) == ("max-age=5", {"team": "blue"})
    command("s3", "sync", str(folder), f"s3://{BUCKET}/")
    assert s3.head_object(Bucket=BUCKET, Key="index.html")["CacheControl"] == "max-age=5", "it was uploaded again"
    (folder / "index.html").write_text("a longer index.html")
    command("s3", "sync", str(folder), f"s3://{BUCKET}/")
    assert "CacheControl" not in s3.head_object(Bucket=BUCKET, Key="index.html")


@pytest.mark.usefixtures("s3")
def test_an_archive_is_fetched(folder: Path) -> None:
    command("s3", "cp", f"s3://{BUCKET}/keep.txt", str(folder / "fetched"))
    command("s3", "cp", f"s3://{BUCKET}/keep.txt", str(folder))
    assert [(folder / name).read_text() for name in ("fetched", "keep.txt")] == ["old", "old"]


def test_what_it_does_not_know_is_said() -> None:
    with pytest.raises(ValueError, match="aws s3 mv x is not known to the stand-in of the AWS CLI"):
        command("s3", "mv", "x")
