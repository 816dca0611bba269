"""The site: its source is the repository itself, so that a page's links lead to the same place here and there."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from patternkit import __version__  # noqa: E402
from patternkit.node import use_packaged_node  # noqa: E402

# jsii picks its Node when the CDK is first imported, by autodoc.
use_packaged_node()

project = "AWS pattern catalog"
author = "the catalog's contributors"
copyright = author  # noqa: A001
release = version = __version__
root_doc = "docs/index"
include_patterns = ["docs/**", "patterns/*/*/*.md", "examples/*/README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
# Mostly for speed: what is not included is not read either.
exclude_patterns = [".*", "node_modules", "build", "dist", "cdk.out", "demo-output", "tests", "docs/site", "**/handler"]
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "catalog_pages",
    "docstrings",
    "links",
]
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
default_role = "literal"
# Types are told by their short names, and some modules have classes of one name: those types are no links.
suppress_warnings = ["ref.python"]

autodoc_class_signature = "mixed"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_extra_path = ["root"]
html_css_files = ["site.css"]
html_logo = html_favicon = "_static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": project, "alt_text": ""},
    "navbar_align": "left",
    "navbar_end": ["catalog-version", "theme-switcher"],
    "header_links_before_dropdown": 5,
    # The toggles of deeper levels have no name that a screen reader could say.
    "navigation_depth": 1,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": False,
    "search_bar_text": "Search the catalog",
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"docs/index": [], "docs/tools": [], "CHANGELOG": []}
html_context = {"default_mode": "auto"}

copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = "$ "
