"""Works on the changes of a table."""
