"""The command line: one file a command, errors to exit codes."""
