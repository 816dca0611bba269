"""A cloud assembly in a few files, to be damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def written(folder: Path) -> Path:
    """Two stacks, one of them in a stage, with their assets, as the CDK writes them."""
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "One/Queue/Resource"}}}}

    def stack(name: str, at: Path, **more: Any) -> dict[str, Any]:
        at.mkdir(exist_ok=True)
        (at / f"{name}.template.json").write_text(json.dumps(template))
        metadata = {f"/{name}/Queue": [{"type": "aws:cdk:logicalId", "data": "Queue"}]}
        (at / f"{name}.metadata.json").write_text(json.dumps(metadata))
        code = {
            "displayName": "Code",
            "source": {"path": "../" * (at != folder) + "asset.abc", "packaging": "zip"},
            "destinations": {"here": {"bucketName": "assets-${AWS::AccountId}", "objectKey": "key"}},
        }
        assets = {"version": "48.0.0", "files": {"abc": code}, "dockerImages": {}}
        (at / f"{name}.assets.json").write_text(json.dumps(assets))
        return {
            f"{name}.assets": {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}},
            name: {
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/unknown-region",
                "properties": {
                    "templateFile": f"{name}.template.json",
                    "stackTemplateAssetObjectUrl": "s3://assets/key",
                    "requiresBootstrapStackVersion": 6,
                    "parameters": {"P": "x"},
                    "tags": {"t": "v"},
                },
                "dependencies": [f"{name}.assets"],
                "displayName": name,
                "additionalMetadataFile": f"{name}.metadata.json",
                **more,
            },
        }

    (folder / "asset.abc").mkdir()
    (folder / "asset.abc" / "index.py").write_text("")
    stage = folder / "assembly-Stage"
    inner = stack("Inner", stage)
    (stage / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": inner}))
    outer = stack("One", folder) | stack("Two", folder, dependencies=["Two.assets", "One"])
    outer["Stage"] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}}
    outer["Tree"] = {"type": "cdk:tree", "properties": {"file": "tree.json"}}
    (folder / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": outer}))
    return folder
