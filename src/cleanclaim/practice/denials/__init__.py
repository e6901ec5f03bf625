"""What payers refused, as work: root cause, next action, deadline, appeal, outcome."""
