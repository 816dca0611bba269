"""The pages that list patterns, constructs and commands, made of metadata and code as the site is built."""

import ast
import re
from pathlib import Path

from command_pages import command_pages
from construct_pages import reference_page, write_construct_pages
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from patternkit.catalog.applications import Application, applications
from patternkit.catalog.discovery import Pattern, families, patterns
from patternkit.catalog.pages import with_listings

_PLACE = re.compile(r"^<!-- (families|patterns|applications|constructs|fixtures|commands) -->$", re.MULTILINE)
_SIZE = re.compile(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"')
_PICTURE = re.compile(r"<!-- generated: diagram -->\n!\[[^\]]*\]\(([^)]+)\)")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Take part in the build."""
    app.add_config_value("listings", "all", "env", str, "The patterns whose pages list their templates: names, or all.")
    app.connect("builder-inited", _write_references)
    app.connect("source-read", _fill)
    return {"version": "1", "parallel_read_safe": True}


def _fill(app: Sphinx, docname: str, content: list[str]) -> None:
    if re.fullmatch(r"patterns/[^/]+/[^/]+/(?!README$)[^/]+", docname):
        # A part of a pattern's page that is reached from there.
        content[0] = f"---\norphan: true\n---\n\n{content[0]}"
        return
    if pattern := {_page(one): one for one in patterns().values()}.get(docname):
        if app.config.listings == "all" or pattern.name in app.config.listings.split():
            content[0] = with_listings(pattern, content[0])
        reference = f"Signatures and types in full: [`{pattern.construct}`](/{reference_page(pattern)}.md)."
        content[0] = content[0].replace("<!-- end of methods -->", f"<!-- end of methods -->\n\n{reference}", 1)
        return
    made = {
        "families": _families,
        "patterns": _patterns,
        "applications": _applications,
        "constructs": _constructs,
        "fixtures": _fixtures,
        "commands": lambda _: command_pages(),
    }
    if _PLACE.search(content[0]):
        # What it is made of is no page of the site: it may change without one.
        app.env.note_reread()
    content[0] = _PLACE.sub(lambda match: made[match[1]](Path(app.srcdir)), content[0])


def _write_references(app: Sphinx) -> None:
    # A small site of someone's tests has no such page.
    if (Path(app.srcdir) / "docs" / "reference" / "constructs.md").exists():
        write_construct_pages(Path(app.srcdir), list(patterns().values()))


def _by_family() -> dict[str, list[Pattern]]:
    found: dict[str, list[Pattern]] = {name: [] for name in families()}
    for pattern in patterns().values():
        if pattern.family not in found:
            raise ExtensionError(f"patterns/{pattern.family} has no __init__.py that says what the family holds")
        found[pattern.family].append(pattern)
    return {name: members for name, members in found.items() if members}


def _picture(shown: Pattern | Application) -> str | None:
    found = _PICTURE.search((shown.folder / "README.md").read_text(encoding="utf-8"))
    return found[1] if found else None


def _page(pattern: Pattern) -> str:
    return f"patterns/{pattern.family}/{pattern.folder.name}/README"


def _title(family: str) -> str:
    return {"api": "APIs", "dns": "DNS"}.get(family, family.capitalize())


def _families(root: Path) -> str:
    cards = []
    for family, members in _by_family().items():
        pictures = [picture for one in members if (picture := _address(root, one))]
        image = _image(root, pictures[0]) if pictures else ""
        names = ", ".join(one.title for one in members)
        cards.append(
            f":::{{grid-item-card}} {_title(family)}\n:link: /docs/patterns\n:link-type: doc\n{image}\n"
            f"{families()[family]}\n\n```{{card-footer}}\n{names}\n```\n:::"
        )
    return "::::{grid} 1 2 2 3\n:gutter: 3\n:class-container: families\n\n" + "\n".join(cards) + "\n::::"


def _address(root: Path, shown: Pattern | Application) -> str | None:
    picture = _picture(shown)
    return None if picture is None else "/" + (shown.folder / picture).resolve().relative_to(root).as_posix()


def _image(root: Path, picture: str) -> str:
    """The options of a card that show a diagram; one that is higher than wide is shown from its top."""
    drawn = (root / picture.lstrip("/")).read_text(encoding="utf-8")
    width, height = (float(value) for value in _SIZE.findall(drawn)[0])
    return f":img-top: {picture}\n:img-alt: \n" + (":class-img-top: tall\n" if height > width else "")


def _card(root: Path, shown: Pattern | Application, page: str, foot: str) -> str:
    picture = _address(root, shown)
    image = _image(root, picture) if picture else ""
    return (
        f":::{{grid-item-card}} {shown.title}\n:link: {page}\n:link-type: doc\n{image}\n"
        f"{shown.summary}.\n\n```{{card-footer}}\n{foot}\n```\n:::"
    )


def _grid(caption: str, pages: list[str], cards: list[str]) -> str:
    toctree = f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```"
    return f"{toctree}\n\n" + "::::{grid} 1 1 2 2\n:gutter: 3\n\n" + "\n".join(cards) + "\n::::"


def _patterns(root: Path) -> str:
    parts = []
    for family, members in _by_family().items():
        pages = [f"{one.title} </{_page(one)}>" for one in members]
        cards = [_card(root, one, f"/{_page(one)}", _LOCAL[one.local]) for one in members]
        parts.append(f"## {_title(family)}\n\n{families()[family]}\n\n{_grid(_title(family), pages, cards)}")
    return "\n\n".join(parts)


_LOCAL = {
    "runs": "Runs in the local cloud",
    "partly": "Runs in the local cloud in part",
    "no": "Proved from its template",
}


def _applications(root: Path) -> str:
    pages, cards = [], []
    for one in applications().values():
        page = f"/examples/{one.folder.name}/README"
        sources = "".join(path.read_text(encoding="utf-8") for path in sorted(one.folder.glob("*.py")))
        made_of = [each.title for each in patterns().values() if f"from {each.module} import" in sources]
        pages.append(f"{one.title} <{page}>")
        cards.append(_card(root, one, page, ", ".join(made_of)))
    return _grid("Applications", pages, cards)


def _constructs(root: Path) -> str:
    del root
    parts = []
    for family, members in _by_family().items():
        pages = "\n".join(f"{one.title} </{reference_page(one)}>" for one in members)
        parts.append(f"## {_title(family)}\n\n```{{toctree}}\n:maxdepth: 1\n\n{pages}\n```")
    return "\n\n".join(parts)


def _fixtures(root: Path) -> str:
    plugin = ast.parse((root / "patternkit" / "testing" / "plugin.py").read_text(encoding="utf-8"))
    return "\n\n".join(
        f"### `{node.name}`\n\n{ast.get_docstring(node)}"
        for node in plugin.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(one).startswith("pytest.fixture") for one in node.decorator_list)
    )
