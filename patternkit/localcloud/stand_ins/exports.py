"""Stands in for the providers of references between stacks of different Regions."""

from __future__ import annotations

from typing import Any

import boto3

from .answers import Event, Failed, answering

IN_USE = "aws-cdk:strong-ref:"


def _importers(ssm: Any, name: str) -> list[str]:
    try:
        tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    except ssm.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("InvalidResourceId", "ParameterNotFound"):
            return []
        raise
    return [tag["Key"].removeprefix(IN_USE) for tag in tags if tag["Key"].startswith(IN_USE)]


def _check_unused(ssm: Any, names: list[str]) -> None:
    used = {name: importers for name in names if (importers := _importers(ssm, name))}
    if used:
        listed = "; ".join(f"{name} is in use by stack(s) {' '.join(by)}" for name, by in used.items())
        raise Failed(f"Exports cannot be updated: {listed}")


def _write(event: Event) -> None:
    properties = event["ResourceProperties"]["WriterProps"]
    ssm, exports = boto3.client("ssm", region_name=properties["region"]), properties.get("exports") or {}
    if event["RequestType"] == "Delete":
        return  # the stack that reads them removes them
    before = (event.get("OldResourceProperties", {}).get("WriterProps") or {}).get("exports") or {}
    changed = {name: value for name, value in exports.items() if before.get(name) != value}
    removed = [name for name in before if name not in exports]
    _check_unused(ssm, [*removed, *(name for name in changed if name in before or event["RequestType"] == "Create")])
    if removed:
        ssm.delete_parameters(Names=removed)
    for name, value in changed.items():
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=name in before)


def _read(event: Event) -> dict[str, Any]:
    properties = event["ResourceProperties"]["ReaderProps"]
    ssm, imports = boto3.client("ssm", region_name=properties["region"]), properties.get("imports") or {}
    tag = f"{IN_USE}{properties['prefix']}"
    before = (event.get("OldResourceProperties", {}).get("ReaderProps") or {}).get("imports") or {}
    gone = list(imports) if event["RequestType"] == "Delete" else [name for name in before if name not in imports]
    if gone:
        ssm.delete_parameters(Names=gone)
    if event["RequestType"] != "Delete":
        for name in imports:
            ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=[{"Key": tag, "Value": "true"}])
    return {"Data": imports}


writer = answering(_write)
reader = answering(_read)
