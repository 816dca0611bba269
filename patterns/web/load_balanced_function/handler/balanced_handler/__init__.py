"""The example that a LoadBalancedFunction answers with when it is given no code."""
