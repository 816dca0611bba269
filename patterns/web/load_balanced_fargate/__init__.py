"""Serve a web application from containers on AWS Fargate behind a load balancer."""

from patterns.web.load_balanced_fargate.construct import LoadBalancedFargate

__all__ = ["LoadBalancedFargate"]
