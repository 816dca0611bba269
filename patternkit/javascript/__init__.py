"""JavaScript that AWS runs in runtimes of its own: functions of Amazon CloudFront, and resolvers of AWS AppSync.

Node runs it with what that runtime lacks taken away, and its syntax is compared with what it documents.
"""
