"""Into the register: loading by COPY, publishing, withdrawing, one transaction each."""
