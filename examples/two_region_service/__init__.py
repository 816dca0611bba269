"""One service in two Regions, and the names that lead to it."""
