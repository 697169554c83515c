"""One-shot processes for readers: a stranger's file is never parsed in the program itself."""
