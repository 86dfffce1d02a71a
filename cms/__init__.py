"""The project, and the one workflow that joins all apps."""
