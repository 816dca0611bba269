"""What is wrong with a file is said with the prover's own error, whichever way the file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from patternkit.routes import TemplateError, templates


def test_each_way_to_read(tmp_path: Path) -> None:
    bad, missing = tmp_path / "bad.yaml", tmp_path / "missing.json"
    bad.write_text("{")
    for raised in (
        lambda: templates.read(missing),
        lambda: templates.read(bad),
        lambda: templates.read_template(bad),
        lambda: templates.as_template({"Resources": 1}, "bad"),
    ):
        with pytest.raises(TemplateError) as caught:
            raised()
        assert type(caught.value) is TemplateError
        assert caught.value.__suppress_context__


def test_each_way_reads(tmp_path: Path) -> None:
    good = tmp_path / "Good.json"
    good.write_text('{"Resources": {"V": {"Type": "AWS::EC2::VPC"}}}')
    (source,) = templates.read(good)
    assert source.name == "Good"
    for made in (
        templates.read_template(good),
        templates.as_template({"Resources": {"V": {"Type": "AWS::EC2::VPC"}}}, "good"),
    ):
        assert set(made["Resources"]) == {"V"}
