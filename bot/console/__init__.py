"""The command line: reads arguments, calls one use case, prints for a person."""
