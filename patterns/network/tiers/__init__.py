"""VPCs of tiers, and what stands in them: endpoints, address ranges."""
