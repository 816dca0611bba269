"""Values of arguments that the example leaves out."""

from tests.patterns.web.edge_fronts import edge

__all__ = ["edge"]
