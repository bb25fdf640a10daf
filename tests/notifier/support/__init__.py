"""What tests of the notifier share."""
