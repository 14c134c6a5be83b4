"""The command line: one file per command group; each calls a use-case."""
