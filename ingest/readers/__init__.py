"""What runs behind the sandbox's walls: a path in, plain data out, nothing heavy imported."""
