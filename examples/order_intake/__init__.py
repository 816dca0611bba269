"""An order intake: an API takes orders, a queue keeps them, a table has each once, a report sums up each day."""
