"""The ground floor: templates and cloud assemblies, read from files within limits on bad input.

What is wrong with an input is one `TemplateError` of one line, in bounded time and memory.
"""

from patternkit.templates.assemblies import AssemblyStack, FileAsset, read_stacks
from patternkit.templates.documents import parse
from patternkit.templates.errors import TemplateError
from patternkit.templates.files import read_text
from patternkit.templates.shapes import Template, as_template
from patternkit.templates.sources import StackSource, read, read_template

__all__ = [
    "AssemblyStack",
    "FileAsset",
    "StackSource",
    "Template",
    "TemplateError",
    "as_template",
    "parse",
    "read",
    "read_stacks",
    "read_template",
    "read_text",
]
