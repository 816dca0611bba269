"""The thumbnailer's function: an object is created in a bucket, its thumbnails are written to another.

The folder above is the root of the Lambda package, and the function's handler is `thumbnailer.index.handler`.
Modules import each other relatively, so that they are the same in the Lambda package and in this repository.

Environment variables, read and checked once, when an execution environment starts (`configuration`):

    DESTINATION_BUCKET            name of the bucket that thumbnails are written to
    TABLE_NAME                    name of the table of records
    WIDTHS                        1 to 8 different widths, 1 to 4096 pixels: "128,512"
    FORMAT                        JPEG (default), PNG, WEBP or AVIF
    QUALITY                       1 to 100; default 85. PNG is lossless: it has no effect there
    SOURCE_PREFIX                 keys that do not start with it are ignored; default "" (all)
    SOURCE_SUFFIXES               keys that end in none of them are ignored: ".jpg,.png"; default ""
                                  (all). As in S3's own filter, case counts
    DESTINATION_PREFIX            what every thumbnail's key starts with; default ""
    MAX_BYTES                     the largest object accepted, in bytes; default 104857600 (100 MiB)
    MAX_PIXELS                    the largest image accepted, in pixels; default 100000000. Of a WebP
                                  half as many
    POWERTOOLS_SERVICE_NAME       the `service` in logs, and the metrics' only dimension
    POWERTOOLS_METRICS_NAMESPACE  the metrics' namespace
    POWERTOOLS_LOG_LEVEL          default INFO

A thumbnail's key is `<destination prefix><width>/<source key without the source prefix>.<extension>`: the
source's own extension stays, so `a.png` and `a.jpg` do not meet.

The table's key is `source_key` (partition, string: the object's key, decoded) and `source_bucket` (sort,
string). S3 refuses two notifications whose filters overlap, so several thumbnailers can share a table. The
attributes:

    status             PENDING (claimed for the first time), READY, REFUSED or GONE
    source_id          what logs say in place of the key (see `notifications`)
    sequencer          S3's own order of the events of one key, as `notifications` normalizes it
    version_id, etag   of the object; no version where the bucket keeps none
    uploaded_at        S3's time of the event; processed_at: when this record was completed. ISO 8601, UTC
    source_bytes, source_format, source_width, source_height
                       what was found, as far as it was looked at; the sides as displayed, in pixels
    thumbnails         list of {key, width, height, bytes}: what this image made; empty unless READY
    reason, message    why an image was REFUSED
    claimed_sequencer, lease_owner, lease_until
                       the protocol's own (see `processing`)

What the function's role must allow, and nothing else:

    s3:GetObjectVersion                 source bucket, <source prefix>*; where the bucket keeps no
                                        versions s3:GetObject
    s3:ListBucket                       source bucket: without it a deleted object answers 403, not 404
    s3:PutObject                        destination bucket, <destination prefix>*
    dynamodb:UpdateItem                 the table
    kms:Decrypt                         the key of the source bucket, where it is a customer's
    kms:GenerateDataKey                 the key of the destination bucket, where it is a customer's
    kms:Decrypt                         the key of the table, where it is a customer's

Metrics, all counts: ImagesReady, ImagesRefused, ImagesGone, ImagesSkipped (duplicates, older events, keys
outside the filter), ImagesFailed and ThumbnailsWritten.

Objects that are removed are not followed: their thumbnails and records stay. boto3 is the Lambda runtime's
own: each call used here is older than the runtimes, and AWS keeps that copy patched; packing another would
add 25 MB to every cold start. There is no tracer: the X-Ray SDK that Powertools' needs is in maintenance
since 2026-02-25, and Lambda's active tracing records the invocation without it.
"""
