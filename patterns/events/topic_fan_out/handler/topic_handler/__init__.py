"""The example handler of a topic's subscriber."""
