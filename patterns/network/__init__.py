"""Hubs that connect VPCs, customer sites and the internet."""
