"""A company's network: a hub with a firewall, headquarters and partners by VPN, three VPCs."""
