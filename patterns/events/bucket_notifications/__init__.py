"""Notifications of an Amazon S3 bucket, made by CloudFormation or added to an existing bucket."""
