"""The function's entry: each record of the event is processed, and only then does a failure raise."""

import os
from collections import Counter
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.s3_event import S3Event, S3EventRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from . import notifications
from .configuration import Configuration
from .processing import Outcome, Result, Thumbnailer
from .records import Records

# An answer that does not come is asked for again well within the invocation's time: botocore would wait a
# minute.
_SDK = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})

_METRIC = {Outcome.READY: "ImagesReady", Outcome.REFUSED: "ImagesRefused", Outcome.GONE: "ImagesGone"}

logger = Logger()
metrics = Metrics()

configuration = Configuration.from_environment(os.environ)
thumbnailer = Thumbnailer(
    configuration=configuration,
    s3=boto3.client("s3", config=_SDK),
    records=Records(boto3.client("dynamodb", config=_SDK), configuration.table_name),
)


class ImagesFailed(RuntimeError):  # noqa: N818 - it is named for what it is
    """Some of an event's images could not be processed, and may be when Lambda tries again."""


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Process an S3 notification, invoked asynchronously by S3.

    Raises:
        ImagesFailed: what failed is logged; Lambda retries the event, which skips what was done.
    """
    deadline = thumbnailer.clock() + context.get_remaining_time_in_millis() / 1000
    # Without records it is S3's test of a new notification.
    records = list(S3Event(event).records) if event.get("Event") != "s3:TestEvent" else []
    counts: Counter[str] = Counter(ImagesFailed=0)
    for record in records:
        try:
            result = _process(record, deadline)
        except Exception:
            # The invocation's own exception would lose the records that come after this one.
            logger.exception("an image could not be processed")
            counts["ImagesFailed"] += 1
        else:
            counts[_METRIC.get(result.outcome, "ImagesSkipped")] += 1
            counts["ThumbnailsWritten"] += result.thumbnails
        finally:
            logger.remove_keys(["source_id", "sequencer", "version_id"])
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    if failed := counts["ImagesFailed"]:
        raise ImagesFailed(f"{failed} of {len(records)} images could not be processed; the log says why")


def _process(record: S3EventRecord, deadline: float) -> Result:
    if (upload := notifications.read(record)) is None:
        return Result(outcome=Outcome.OUTSIDE_FILTER)
    logger.append_keys(source_id=upload.source_id, sequencer=upload.sequencer, version_id=upload.version_id)
    result = thumbnailer.process(upload, deadline=deadline)
    log = logger.warning if result.outcome in (Outcome.REFUSED, Outcome.GONE) else logger.info
    log("image processed", outcome=result.outcome, reason=result.reason, thumbnails=result.thumbnails)
    return result
