"""Trading partners, transport, and the outbox and inbox through which every file travels."""
