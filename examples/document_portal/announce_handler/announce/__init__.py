"""Announces changes of documents to the API, which tells its subscribers."""
