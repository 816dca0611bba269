"""Works on events whose senders do not wait."""
