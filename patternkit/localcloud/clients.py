"""SDK clients that reach the local cloud and nothing else."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

ACCOUNT_DIGITS = 12

# No retry is hidden from a test, no proxy stands between, and every call has its end.
CONFIG = Config(
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=5,
    read_timeout=60,
    proxies={},
    s3={"addressing_style": "path"},
    inject_host_prefix=False,
    user_agent_extra="patternkit-localcloud",
)
# boto3 still makes links with signature version 2 in some Regions, which Amazon S3 and the local cloud refuse.
CONFIG_S3 = CONFIG.merge(Config(signature_version="s3v4"))
STORES = "cloudfront-keyvaluestore"
# boto3 would sign for several Regions at once, which needs awscrt.
CONFIGS = {"s3": CONFIG_S3, STORES: CONFIG.merge(Config(signature_version="v4"))}

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

# What leads an SDK elsewhere though the variables of `environment` are set: a profile that the empty files do not
# have, a token beside the key of another account, a list that goes before NO_PROXY.
ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "no_proxy")


class Clients:
    """Makes each client once. Reads none of the user's AWS configuration, files or variables."""

    def __init__(self, *, url: str, secret: str, authority: Path | None) -> None:
        self._url = url
        self._secret = secret
        self._verify = str(authority) if authority else False
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str], Any] = {}
        # A profile that the user has chosen but not for this would otherwise be looked up, and be missing.
        core = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        self._session = boto3.Session(botocore_session=core)

    def client(self, service: str, *, account: str, region: str) -> Any:
        """Return the client for a service, in an account and region of the local cloud."""
        key = (service, account, region)
        with self._lock:
            if key not in self._made:
                self._made[key] = self._session.client(  # type: ignore[call-overload]
                    service,
                    region_name=region,
                    endpoint_url=self._url,
                    # The local cloud takes the account from an access key of twelve digits.
                    aws_access_key_id=account,
                    aws_secret_access_key=self._secret,
                    verify=self._verify,
                    config=CONFIGS.get(service, CONFIG),
                )
                if service == STORES:
                    self._made[key].meta.events.register(f"before-sign.{STORES}", _without_account)
            return self._made[key]

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in self._made.values():
                client.close()
            self._made.clear()


def _without_account(request: Any, **_: Any) -> None:
    """Take the account away that boto3 puts before the host of a key value store."""
    request.url = re.sub(r"^(https?://)\d{12}\.", r"\1", request.url)


def elsewhere(inherit: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of variables to unset where those of `environment` are added to others, as in a terminal."""
    return (*ELSEWHERE, *sorted(name for name in inherit if name.startswith("AWS_ENDPOINT_URL_")))


def environment(
    *, url: str, account: str, secret: str, region: str, authority: Path | None, inherit: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the variables that bind the CDK CLI and the SDKs to the local cloud (see `LocalCloud`)."""
    kept = {
        name: value
        for name, value in (inherit or {}).items()
        if not name.upper().startswith(("AWS_", "CDK_")) and name.lower() not in PROXIES
    }
    trusted = str(authority) if authority else None
    return {
        **kept,
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # An SDK would call sync-127.0.0.1 to run a workflow and wait for it.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        **({"AWS_CA_BUNDLE": trusted, "NODE_EXTRA_CA_CERTS": trusted} if trusted else {}),
    }
