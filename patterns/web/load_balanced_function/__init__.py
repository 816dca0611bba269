"""Serve a web application from a function behind a load balancer."""

from patterns.web.load_balanced_function.construct import LoadBalancedFunction

__all__ = ["LoadBalancedFunction"]
