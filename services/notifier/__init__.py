"""The notifier: saved searches, matched on every change and delivered as webhooks."""
