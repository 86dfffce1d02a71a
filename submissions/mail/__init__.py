"""Intake by mail: what people send to the newsroom's addresses."""
