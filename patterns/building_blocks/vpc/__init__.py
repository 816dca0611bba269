"""VPCs in tiers of subnets: address ranges, zones, endpoints, flow logs."""
