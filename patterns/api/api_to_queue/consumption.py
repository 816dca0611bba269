"""How a function takes messages off the queue."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.queue_consumer import let_consume


def consume(
    scope: Construct,
    queue: sqs.IQueue,
    consumer: lambda_.IFunction,
    batch_size: int,
    batching_window: Duration | None,
    max_concurrency: int | None,
) -> lambda_.EventSourceMapping:
    """Give `consumer` the messages of `queue`, in batches of which it reports what failed.

    Args:
        scope: Where it stands in the tree.
        queue: The queue.
        consumer: The function. Its answer names failed messages under `batchItemFailures`.
        batch_size: Messages at once.
        batching_window: How long a batch is gathered.
        max_concurrency: The most batches at one time.

    Returns:
        The event source mapping.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    may_read = let_consume(scope, consumer, queue, queue.encryption_master_key)
    mapping = lambda_.EventSourceMapping(
        scope,
        "Deliveries",
        target=consumer,
        event_source_arn=queue.queue_arn,
        batch_size=batch_size,
        max_batching_window=batching_window,
        max_concurrency=max_concurrency,
        report_batch_item_failures=True,
    )
    mapping.node.add_dependency(may_read)
    Validations.of(mapping).acknowledge(
        Acknowledgment(
            id="Serverless::Serverless-LambdaEventSourceMappingDestination",
            reason="A mapping of an SQS queue cannot have a destination: what fails goes to the queue's own dead "
            "letters.",
        )
    )
    return mapping
