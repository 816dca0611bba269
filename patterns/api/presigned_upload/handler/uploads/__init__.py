"""What signs uploads, and what checks and releases them."""
