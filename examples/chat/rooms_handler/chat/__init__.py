"""What clients of the chat may do: connect, say, look up and report."""
