"""Let VPCs ask a company network for its names, and the company network ask for theirs."""

from patterns.dns.hybrid_dns.construct import HybridDns

__all__ = ["HybridDns"]
