"""Ways to serve a web application."""
