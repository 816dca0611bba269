"""Who reaches a VPC from outside: the accounts that connect to an endpoint service, and the internet."""
