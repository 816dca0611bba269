"""What patterns of two or more families share: one file or folder per AWS thing, named for it."""
