"""Checks a new version of a function for AWS CodeDeploy."""
