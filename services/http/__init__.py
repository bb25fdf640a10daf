"""What every HTTP application of ours shares: reading requests, answering with problems, the layers around them.

Import from its modules: a process that has no application of FastAPI's does not load FastAPI.
"""
