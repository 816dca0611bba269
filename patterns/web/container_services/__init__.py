"""What patterns on Amazon ECS share: task definitions, services, scaling and deployments that fail."""
