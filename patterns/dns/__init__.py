"""Names that answer, and keep answering while something is ill."""
