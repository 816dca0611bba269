"""What syntheses leave behind on the way: in one folder of each process, which goes when the process ends.

After a process that was killed, the next one that makes such a folder removes it.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

NODE_FOLDER = "PATTERNKIT_NODE_TMPDIR"
"""Where `node_flags.cjs` has Node make its temporary folders: those of the CDK and of jsii."""


@cache
def session_folder() -> Path:
    """The folder of this process, made when it is asked for first."""
    try:
        from patternkit.temporary import TemporaryFolder
    except ImportError:  # without locks of files, as on Windows
        path = Path(tempfile.mkdtemp(prefix="patternkit-run-"))
        remove: Callable[[], object] = partial(shutil.rmtree, path, ignore_errors=True)
    else:
        folder = TemporaryFolder()
        path, remove = folder.path, folder.remove
    # Not by a fork of this process, which has inherited the folder and the registration.
    maker = os.getpid()
    atexit.register(lambda: remove() if os.getpid() == maker else None)
    return path


def keep_node_in_it() -> None:
    """Have the Node that jsii starts make its temporary folders there.

    To be called before the CDK is imported: Python ends Node, and removes the folder after that.
    """
    os.environ[NODE_FOLDER] = str(session_folder())
