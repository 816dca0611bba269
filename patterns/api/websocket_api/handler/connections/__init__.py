"""What remembers connections, and what pushes to them."""
