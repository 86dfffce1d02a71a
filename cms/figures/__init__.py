"""The newsroom's figures: what the log of decisions says when it is counted."""
