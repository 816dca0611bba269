"""No module imports one that imports it, and no folder one that imports it: not for types only, and not late."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.conftest import ROOT

# Each way in which a module can import another.
IMPORTS = {
    "at the top": "from {module} import x\n",
    "for types only": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from {module} import x\n",
    "late": "def f():\n    from {module} import x\n",
}


def circles(folder: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The circles of a package: of modules, and of the modules and folders that lie side by side in a folder."""
    monkeypatch.syspath_prepend(str(folder))
    graph = grimp.build_graph(package, cache_dir=None, exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    found = [circle(imports)]
    for parent in graph.modules:
        depth = parent.count(".") + 2
        beside: dict[str, set[str]] = {child: set() for child in graph.find_children(parent)}
        for module, imported in imports.items():
            if module.startswith(f"{parent}."):
                here = ".".join(module.split(".")[:depth])
                there = {".".join(one.split(".")[:depth]) for one in imported if one.startswith(f"{parent}.")}
                beside[here] |= there - {here}
        found.append(circle(beside))
    return sorted({one for one in found if one})


def circle(imports: Mapping[str, set[str]]) -> str:
    """The members of one circle; "" where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return ", ".join(sorted(set(error.args[1])))
    return ""


@pytest.mark.parametrize("package", ["patternkit", "patterns", "examples"])
def test_there_is_no_circle_of_any_kind(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not circles(ROOT, package, monkeypatch)


@pytest.mark.parametrize("kind", IMPORTS)
def test_a_circle_of_modules_is_found(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = f"looped_{kind.replace(' ', '_')}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / "one.py").write_text(IMPORTS["at the top"].format(module=f"{package}.other"))
    (tmp_path / package / "other.py").write_text(IMPORTS[kind].format(module=f"{package}.one"))
    assert len(circles(tmp_path, package, monkeypatch)) == 1


def test_a_circle_of_folders_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = "looped_folders"
    for room in ("one", "other"):
        (tmp_path / package / room).mkdir(parents=True)
        for name in ("__init__", "above", "below"):
            (tmp_path / package / room / f"{name}.py").touch()
    (tmp_path / package / "__init__.py").touch()
    for room, beside in (("one", "other"), ("other", "one")):
        text = IMPORTS["at the top"].format(module=f"{package}.{beside}.below")
        (tmp_path / package / room / "above.py").write_text(text)
    (found,) = circles(tmp_path, package, monkeypatch)
    assert "looped_folders.one" in found
    assert "below" not in found
