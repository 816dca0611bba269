"""Buckets whose new objects an Amazon SNS topic announces, and which of them a subscription receives."""
