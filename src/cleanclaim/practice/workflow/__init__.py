"""The cycle's automation: events drained, queues counted, the books proved."""
