"""AWS architectures as reusable CDK constructs, one folder each, grouped by family."""
