import json
import os
import socket
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud import DeadlinePassed, LocalCloud, LocalCloudError, StartFailed, server


def fake_interpreter(folder: Path, script: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_it_listens_on_the_loopback_interface_only() -> None:
    with LocalCloud.start() as cloud:
        port = int(cloud.endpoint_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            pass
        # All of 127.0.0.0/8 is this machine, but only what listens on all interfaces answers on all of it. Asked
        # from another process, because this one may connect to 127.0.0.1 only.
        script = f"import socket; socket.create_connection(('127.0.0.2', {port}), timeout=5)"
        answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
        assert answer.returncode == 1
        assert "Error" in answer.stderr


def test_nothing_of_the_host_reaches_handlers(monkeypatch: pytest.MonkeyPatch, small: Path, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("[default]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n")
    host = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_CA_BUNDLE": "/nowhere",
        "AWS_REGION": "ap-south-1",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "DATABASE_PASSWORD": "secret",
        "PYTHONPATH": str(tmp_path),
        "MINISTACK_ACCOUNT_ID": "999999999999",
        "DOCKER_HOST": "tcp://127.0.0.1:1",
    }
    for name, value in host.items():
        monkeypatch.setenv(name, value)
    with LocalCloud.start() as cloud:
        deployment = cloud.deploy(small)
        answer = cloud.client("lambda").invoke(FunctionName=deployment.physical_id("Echo"))
        environment = json.loads(answer["Payload"].read())["environment"]
        home = environment["HOME"]
    leaked = {name: value for name, value in host.items() if environment.get(name) == value}
    assert leaked == {}
    assert environment["AWS_ENDPOINT_URL"] == cloud.endpoint_url
    assert environment["AWS_REGION"] == "us-east-1"
    assert home != os.environ["HOME"]
    assert not Path(home).exists(), "the private directory outlived the cloud"


def test_handlers_run_on_this_interpreter(small: Path) -> None:
    with LocalCloud.start() as cloud:
        name = cloud.deploy(small).physical_id("Echo")
        cloud.client("lambda").update_function_code(FunctionName=name, ZipFile=_zip_of_version())
        answer = cloud.client("lambda").invoke(FunctionName=name)
        assert json.loads(answer["Payload"].read()) == sys.version


def _zip_of_version() -> bytes:
    import io
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("index.py", "import sys\ndef handler(event, context):\n    return sys.version\n")
    return archive.getvalue()


def test_several_start_at_once_and_each_has_its_own_state() -> None:
    with ThreadPoolExecutor(3) as pool:
        clouds = list(pool.map(lambda _: LocalCloud.start(), range(3)))
    try:
        assert len({cloud.endpoint_url for cloud in clouds}) == 3
        for number, cloud in enumerate(clouds):
            cloud.client("sqs").create_queue(QueueName=f"queue-{number}")
        for number, cloud in enumerate(clouds):
            urls = cloud.client("sqs").list_queues()["QueueUrls"]
            assert [url.rpartition("/")[2] for url in urls] == [f"queue-{number}"]
    finally:
        for cloud in clouds:
            cloud.stop()


def test_a_taken_port_is_given_up_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], server.free_port()])
        monkeypatch.setattr(server, "free_port", lambda: next(ports))
        with LocalCloud.start() as cloud:
            assert not cloud.endpoint_url.endswith(f":{taken.getsockname()[1]}")
            assert cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_another_server_on_the_port_is_not_taken_for_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCloud.start() as other:
        port = int(other.endpoint_url.rpartition(":")[2])
        monkeypatch.setattr(server, "free_port", lambda: port)
        with pytest.raises(StartFailed, match="found its port taken 5 times in a row"):
            LocalCloud.start()


def test_a_server_that_ends_at_once_is_an_error_with_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", fake_interpreter(tmp_path, "echo no luck today; exit 3"))
    with pytest.raises(StartFailed, match="ended while it started") as raised:
        LocalCloud.start()
    assert "no luck today" in raised.value.detail


def test_a_server_that_is_never_ready_passes_its_deadline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", fake_interpreter(tmp_path, "echo thinking; exec sleep 600"))
    with pytest.raises(StartFailed, match=r"not ready within 0\.5 seconds") as raised:
        LocalCloud.start(deadline=0.5)
    assert "thinking" in raised.value.detail


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(StartFailed, match="needs the package ministack: pip install"):
        LocalCloud.start()


def test_another_release_of_ministack_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MINISTACK", "0.0.1")
    with pytest.raises(StartFailed, match=r"needs ministack 0\.0\.1, \d+\.\d+\.\d+ is installed"):
        LocalCloud.start()


def test_the_release_is_the_one_that_is_installed_with_the_extra() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"ministack=={server.MINISTACK}" in project["optional-dependencies"]["local"]


def test_an_account_is_twelve_digits() -> None:
    with pytest.raises(ValueError, match="account must be 12 digits, got 42"):
        LocalCloud.start(account="42")


def test_a_dead_server_is_noticed_before_the_deadline() -> None:
    with LocalCloud.start() as mortal:
        process = mortal._server._process
        assert process is not None
        process.kill()
        process.wait()
        with pytest.raises(LocalCloudError, match="is not running"):
            mortal.wait_for(lambda: False, what="the impossible", deadline=60)
    mortal.stop()


def test_waiting_gives_what_came_true(cloud: LocalCloud) -> None:
    answers = iter([None, "", "here"])
    assert cloud.wait_for(lambda: next(answers), what="an answer") == "here"


def test_waiting_in_vain_says_for_what_and_what_was_seen_last(cloud: LocalCloud) -> None:
    with pytest.raises(DeadlinePassed, match=r"waited 0\.1 seconds for the comet, last seen: 0") as raised:
        cloud.wait_for(lambda: 0, what="the comet", deadline=0.1)
    assert "Running on" in raised.value.detail


def test_an_aws_error_is_not_yet_while_another_error_is_raised(cloud: LocalCloud) -> None:
    s3 = cloud.client("s3")
    with pytest.raises(DeadlinePassed, match="NoSuchBucket"):
        cloud.wait_for(lambda: s3.list_objects_v2(Bucket="none"), what="the object", deadline=0.1)
    with pytest.raises(ZeroDivisionError):
        cloud.wait_for(lambda: 1 / 0, what="the impossible")


def test_clients_are_made_once_and_do_not_retry(cloud: LocalCloud) -> None:
    assert cloud.client("s3") is cloud.client("s3")
    assert cloud.client("s3") is not cloud.client("s3", region="eu-west-1")
    config: Any = cloud.client("s3").meta.config
    assert config.retries == {"total_max_attempts": 1, "mode": "standard"}


def test_the_environment_leads_here_and_nowhere_else(cloud: LocalCloud) -> None:
    host = {"AWS_PROFILE": "p", "aws_region": "x", "HTTPS_PROXY": "y", "CDK_DEFAULT_ACCOUNT": "1", "PATH": "/bin"}
    environment = cloud.environment(host)
    assert environment["PATH"] == "/bin"
    assert environment["AWS_ENDPOINT_URL"] == cloud.endpoint_url
    assert not {"AWS_PROFILE", "aws_region", "HTTPS_PROXY", "CDK_DEFAULT_ACCOUNT"} & environment.keys()
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.strip() == cloud.account
