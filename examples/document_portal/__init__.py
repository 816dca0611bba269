"""A document portal: checked uploads, a container that reads them, and GraphQL that says what is in them."""
