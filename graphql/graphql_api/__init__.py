"""The GraphQL API: reads from an in-memory read model that follows the log; writes go to the registry."""
