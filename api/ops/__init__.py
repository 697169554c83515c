"""How the service is doing: alive, ready, and in numbers."""
