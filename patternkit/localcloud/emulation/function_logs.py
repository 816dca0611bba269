"""What a Python function logs is in its log group, as on AWS.

ministack's workers leave the root logger without a handler, so that `logger.info` is lost and a warning comes without
its level. Lambda's runtime has a handler there before the function's module is imported.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

from types import ModuleType

from patternkit.localcloud.emulation.script import replaced

HANDLER = (
    """    init = json.loads(sys.stdin.readline())
""",
    """    import logging
    _ms_log = logging.StreamHandler(sys.stderr)
    _ms_log.setFormatter(logging.Formatter(
        "[%(levelname)s]\\t%(asctime)s.%(msecs)03dZ\\t%(aws_request_id)s\\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
    _ms_log.formatter.converter = time.gmtime
    _ms_request = [""]
    def _ms_add_request(record):
        record.aws_request_id = _ms_request[0]
        return True
    _ms_log.addFilter(_ms_add_request)
    logging.getLogger().addHandler(_ms_log)

    init = json.loads(sys.stdin.readline())
""",
)
REQUEST = (
    """        _ms_ctx = _ms_msg.get("ctx") or {}
""",
    """        _ms_ctx = _ms_msg.get("ctx") or {}
        _ms_request[0] = _ms_ctx.get("request_id", "")
""",
)


def log_in_workers(runtime: ModuleType) -> None:
    """Give the root logger of Python functions the handler that Lambda gives it.

    Args:
        runtime: ministack's module of workers.
    """
    scripts = vars(runtime)
    scripts["_PYTHON_WORKER_SCRIPT"] = replaced(replaced(scripts["_PYTHON_WORKER_SCRIPT"], HANDLER), REQUEST)
