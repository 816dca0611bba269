"""Keep a name's records, and their health checks, as the instances of a group are."""
