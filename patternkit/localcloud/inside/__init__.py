"""What is added to ministack inside the server's own process. Imports nothing of `patternkit` outside this folder."""
