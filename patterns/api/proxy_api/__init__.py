"""REST APIs that hand every method and path to one backend."""
