"""What three or more patterns share: one file per AWS thing, named for it."""
