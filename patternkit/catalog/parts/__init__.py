"""Parts of a pattern's page that are read from its templates and its construct's source."""
