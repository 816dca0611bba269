"""How many tasks or instances there are, and which load that follows."""
