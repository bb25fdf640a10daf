"""The Digital Wallonia ecosystem registry: one append-only log, and the services that write and read it."""
