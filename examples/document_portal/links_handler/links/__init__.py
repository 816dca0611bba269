"""Signs links to documents."""
