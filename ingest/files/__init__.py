"""What was delivered: files received, unpacked safely, and known by their content."""
