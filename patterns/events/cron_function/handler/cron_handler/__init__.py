"""The example that a CronFunction runs when it is given no code."""
