"""What the container does: reads a document, and writes down what is in it."""
