"""What patterns behind an Application Load Balancer share: the HTTPS front, target groups and health checks."""
