"""Records and health checks in Amazon Route 53 that belong to one group."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is registered.

    Attributes:
        domain_name: The name, in small letters and without a full stop at its end.
        port: The port of HTTPS.
        path: The path that answers 200.
        ttl: How many seconds an answer may be kept.
    """

    domain_name: str
    port: int
    path: str
    ttl: int

    @property
    def check(self) -> dict[str, Any]:
        """A health check's settings, but for the address."""
        return {
            "Port": self.port,
            "Type": "HTTPS",
            "ResourcePath": self.path,
            "FullyQualifiedDomainName": self.domain_name,
            "EnableSNI": True,
            "RequestInterval": 30,
            "FailureThreshold": 3,
        }


class Zone:
    """The part of a hosted zone, and of the account's health checks, that is this group's own.

    Args:
        client: Amazon Route 53.
        zone_id: The zone's id.
        owner: What the names of records and checks of this group begin with, at most 20 characters.
    """

    def __init__(self, client: Any, zone_id: str, owner: str) -> None:
        self._client = client
        self._zone_id = zone_id
        self._owner = owner
        # Ids with the addresses that they ask.
        self._checks: dict[str, list[tuple[str, str]]] | None = None
        self._used: set[str] = set()

    def write(self, application: Application, wanted: Mapping[str, str]) -> int:
        """Have exactly the wanted instances among the name's records.

        Args:
            application: What is registered.
            wanted: Addresses by instance.

        Returns:
            How many records were changed.

        Raises:
            ClientError: If a health check could not be made; the other records are written.
        """
        present = self._records(application.domain_name)
        made: dict[str, dict[str, Any]] = {}
        failed: ClientError | None = None
        for one, ip in sorted(wanted.items()):
            try:
                made[self._name(one)] = self._record(application, one, ip)
            except ClientError as error:
                # Too many requests or health checks: what is known is written, and the next run does the rest.
                failed = error
        kept = {self._name(one) for one in wanted}
        changes = [
            {"Action": "UPSERT", "ResourceRecordSet": one} for key, one in made.items() if present.get(key) != one
        ]
        # As it is, to the letter: Route 53 deletes nothing else.
        changes += [{"Action": "DELETE", "ResourceRecordSet": one} for key, one in present.items() if key not in kept]
        if changes:
            self._client.change_resource_record_sets(HostedZoneId=self._zone_id, ChangeBatch={"Changes": changes})
        if failed is not None:
            raise failed
        return len(changes)

    def clean(self, application: Application, instances: set[str]) -> int:
        """Delete checks of instances that are gone, with settings or addresses that are gone, or that are there twice.

        Args:
            application: What is registered.
            instances: The group's instances, in whatever state.

        Returns:
            How many there were.
        """
        kept = {self._reference(application, one) for one in instances}
        left_over = []
        for reference, checks in self._own_checks().items():
            ids = [check for check, _ in checks]
            # Of an instance that is not registered now, one is kept until it is again.
            needed = (self._used & set(ids) or set(ids[:1])) if reference in kept else set()
            left_over += [check for check in ids if check not in needed]
        for check in left_over:
            self._client.delete_health_check(HealthCheckId=check)
        return len(left_over)

    def _name(self, instance: str) -> str:
        return f"{self._owner}/{instance}"

    def _reference(self, application: Application, instance: str) -> str:
        settings = json.dumps(application.check, sort_keys=True).encode()
        return f"{self._name(instance)}/{hashlib.sha256(settings).hexdigest()[:6]}"

    def _record(self, application: Application, instance: str, ip: str) -> dict[str, Any]:
        return {
            "Name": f"{application.domain_name}.",
            "Type": "A",
            "SetIdentifier": self._name(instance),
            "MultiValueAnswer": True,
            "TTL": application.ttl,
            "ResourceRecords": [{"Value": ip}],
            "HealthCheckId": self._check(application, instance, ip),
        }

    def _check(self, application: Application, instance: str, ip: str) -> str:
        reference = self._reference(application, instance)
        own = self._own_checks().setdefault(reference, [])
        # An instance that was stopped comes back with another address.
        found = next((check for check, asked in own if asked == ip), None)
        if found is None:
            # Route 53 never takes a reference twice, not even of a check that is gone: the end makes it another.
            made = self._client.create_health_check(
                CallerReference=f"{reference}/{uuid.uuid4().hex[:8]}",
                HealthCheckConfig={**application.check, "IPAddress": ip},
            )
            found = made["HealthCheck"]["Id"]
            own.append((found, ip))
        self._used.add(found)
        return found

    def _own_checks(self) -> dict[str, list[tuple[str, str]]]:
        """This group's checks, and whom they ask, by reference, without the end that makes it another."""
        if self._checks is None:
            self._checks = {}
            for page in self._client.get_paginator("list_health_checks").paginate():
                for one in page["HealthChecks"]:
                    reference, _, _ = one["CallerReference"].rpartition("/")
                    if reference.startswith(f"{self._owner}/"):
                        asked = one["HealthCheckConfig"].get("IPAddress", "")
                        self._checks.setdefault(reference, []).append((one["Id"], asked))
            for checks in self._checks.values():
                checks.sort()
        return self._checks

    def _records(self, domain_name: str) -> dict[str, dict[str, Any]]:
        """This group's records by their identifiers; the name may have others."""
        found: dict[str, dict[str, Any]] = {}
        pages = self._client.get_paginator("list_resource_record_sets").paginate(
            HostedZoneId=self._zone_id, StartRecordName=domain_name, StartRecordType="A"
        )
        for page in pages:
            for one in page["ResourceRecordSets"]:
                if (one["Name"], one["Type"]) != (f"{domain_name}.", "A"):
                    return found
                if one.get("SetIdentifier", "").startswith(f"{self._owner}/"):
                    found[one["SetIdentifier"]] = one
        return found
