"""The follower that every reader of the log uses: load a snapshot, then follow, over Kafka, HTTP or the database."""
