"""REST APIs that hand a request's body to an AWS service, without a function between."""
