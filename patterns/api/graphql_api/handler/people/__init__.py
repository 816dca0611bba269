"""Who wrote documents."""
