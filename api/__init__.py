"""Questions about the register, answered over HTTP and for the command line."""
