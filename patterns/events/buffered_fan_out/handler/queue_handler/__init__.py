"""The example handler of a queue's consumer."""
