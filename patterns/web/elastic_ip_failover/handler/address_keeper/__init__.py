"""Keep an Elastic IP address on an instance that answers."""
