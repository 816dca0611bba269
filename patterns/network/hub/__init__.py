"""What the hubs of several networks share: the gateway and its routing domains, VPCs on it, VPNs, logs."""
