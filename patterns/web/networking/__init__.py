"""VPCs, subnets and names of web applications."""
