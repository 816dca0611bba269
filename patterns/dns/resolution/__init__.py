"""How VPCs resolve names."""
