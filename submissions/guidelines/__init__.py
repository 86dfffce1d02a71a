"""The published rules by which stories are sent in and decided."""
