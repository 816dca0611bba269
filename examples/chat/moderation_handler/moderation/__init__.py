"""What moderators have done to messages."""
