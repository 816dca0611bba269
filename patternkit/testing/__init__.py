"""Check the templates of any CDK app with pytest."""
