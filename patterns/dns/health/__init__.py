"""Health checks of Amazon Route 53, and the alarms on them."""
