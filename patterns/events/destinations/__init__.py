"""Where AWS Lambda sends records of invocations: what may be a destination, and what a role needs to send there."""
