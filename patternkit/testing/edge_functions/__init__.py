"""Run the functions of Amazon CloudFront that a template holds, and see which requests and responses they make.

Node runs them, with what their runtime lacks taken away. What a template does not tell, such as code that is put
together when it is deployed, is refused and never guessed.
"""

from patternkit.testing.edge_functions.errors import EdgeFunctionError
from patternkit.testing.edge_functions.functions import EdgeFunction, EdgeFunctions
from patternkit.testing.edge_functions.outcome import Outcome, Response

__all__ = ["EdgeFunction", "EdgeFunctionError", "EdgeFunctions", "Outcome", "Response"]
