"""What patterns on Amazon ECS share: how their services scale."""
