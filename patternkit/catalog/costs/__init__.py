"""What a template costs, standing still and by the million requests, from one dated price table."""
