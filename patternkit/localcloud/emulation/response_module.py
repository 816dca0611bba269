"""Inline code can load the module by which a function answers CloudFormation, as it can in AWS.

CloudFormation puts it beside the code of a template's `ZipFile` that loads it by these very words: `import cfnresponse`
in Python, `require('cfn-response')` in Node.js. Code from a bucket has to bring its own.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
"""

from __future__ import annotations

import io
import re
import zipfile
from types import ModuleType

from patternkit.localcloud.inside.substitution import STAND_INS

_MODULES = (
    ("python", re.compile(r"^\s*import cfnresponse\b", re.MULTILINE), "cfnresponse.py", "cfnresponse.py"),
    (
        "nodejs",
        re.compile(r"""\brequire\(\s*(['"])cfn-response\1\s*\)"""),
        "node_modules/cfn-response.js",
        "cfn-response.js",
    ),
)
"""By runtime: how its name begins, what loads the module, where the module goes, and its file among the stand-ins."""


def bring(provisioners: ModuleType) -> None:
    """Have CloudFormation put the module beside inline code that loads it.

    Args:
        provisioners: ministack's module of CloudFormation's resource handlers.
    """
    zip_inline = vars(provisioners)["_zip_inline"]

    def zipped(source: str | None, handler: str, runtime: str = "python3.12") -> bytes | None:
        archive: bytes | None = zip_inline(source, handler, runtime)
        for family, loads, name, code in _MODULES:
            if source and archive and runtime.startswith(family) and loads.search(source):
                archive = _with(archive, name, (STAND_INS / code).read_text(encoding="utf-8"))
        return archive

    vars(provisioners)["_zip_inline"] = zipped


def _with(archive: bytes, name: str, text: str) -> bytes:
    buffer = io.BytesIO(archive)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(name, text)
    return buffer.getvalue()
